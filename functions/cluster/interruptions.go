package cluster

import (
	"cmp"

	eventsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchevents/v1beta1"
	eventsv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchevents/v1beta2"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	queueName       = "queue-interruptions"
	queuePolicyName = queueName + "-policy"

	// eventBus that AWS services send to. The provider needs its name: a rule and a
	// target that leave it out never become ready.
	eventBus = "default"

	// interruptionRetention in seconds, which is Karpenter's own: a spot instance has
	// two minutes after its warning, so that older messages are about instances that
	// are gone.
	interruptionRetention = 300

	queueNameMax = 80 // CreateQueue API, read 2026-11-29
	ruleNameMax  = 64 // PutRule API, read 2026-11-29
)

// An interruption of a node that Karpenter is told of.
type interruption struct {
	name       string
	source     string
	detailType string
}

// interruptions are those that Karpenter understands, but for one: instances in a
// capacity reservation that AWS may interrupt, of which the node class names none
// (github.com/aws/karpenter-provider-aws v1.15.1, pkg/controllers/interruption/messages,
// read 2026-11-29).
func interruptions() []interruption {
	return []interruption{
		{"health", "aws.health", "AWS Health Event"},
		{"spot", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
		{"rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
		{"state", "aws.ec2", "EC2 Instance State-change Notification"},
	}
}

// queue is the name of the interruption queue. One that exists keeps its name: another
// name is another queue.
func (c *cluster) queue() string { return cmp.Or(c.state.queue, c.fit("-interruptions", queueNameMax)) }

// addInterruptionQueue adds the queue, the rules that send to it, and its policy.
func (c *cluster) addInterruptionQueue() {
	c.Desired.Add(queueName, &sqsv1beta1.Queue{
		Spec: sqsv1beta1.QueueSpec{ForProvider: sqsv1beta1.QueueParameters{
			Region:                  &c.spec.Region,
			Name:                    new(c.queue()),
			MessageRetentionSeconds: new(float64(interruptionRetention)),
			SqsManagedSseEnabled:    new(true),
			Tags:                    c.Tags(queueName),
		}},
	}, desired.In(addons))
	for _, i := range interruptions() {
		c.addInterruption(i)
	}
	if c.state.queueARN == "" || c.Account == "" {
		c.Desired.Pending(queuePolicyName, desired.In(addons))
		return
	}
	c.Desired.Add(queuePolicyName, &sqsv1beta1.QueuePolicy{
		Spec: sqsv1beta1.QueuePolicySpec{ForProvider: sqsv1beta1.QueuePolicyParameters{
			Region:           &c.spec.Region,
			QueueURLSelector: desired.Selector(queueName),
			Policy:           new(c.queuePolicy()),
		}},
	}, desired.In(addons))
}

// queuePolicy allows the rules of this cluster to send, and denies every access without TLS.
func (c *cluster) queuePolicy() string {
	var rules []string
	for _, i := range interruptions() {
		rules = append(rules, c.ARN("events", "rule/"+c.ruleName(i)))
	}
	return iampolicy.JSON(
		iampolicy.Statement{
			Sid: "EventsSend", Effect: iampolicy.Allow, Principal: iampolicy.Service("events.amazonaws.com"),
			Action: []string{"sqs:SendMessage"}, Resource: []string{c.state.queueARN},
			Condition: iampolicy.Conditions{"ArnEquals": {"aws:SourceArn": rules}},
		},
		iampolicy.Statement{
			Sid: "TLSOnly", Effect: iampolicy.Deny, Principal: iampolicy.Everyone(),
			Action: []string{"sqs:*"}, Resource: []string{c.state.queueARN},
			Condition: iampolicy.Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
		},
	)
}

// An eventPattern of EventBridge.
type eventPattern struct {
	Source     []string `json:"source"`
	DetailType []string `json:"detail-type"`
}

func (i interruption) rule() string { return "rule-interruption-" + i.name }

// ruleName of an interruption in AWS.
func (c *cluster) ruleName(i interruption) string {
	return c.NameInAWS(i.rule(), c.fit("-"+i.name, ruleNameMax))
}

// addInterruption adds a rule that is switched on by isEnabled, not by state, which follows it: the
// provider reads both back, and updates a rule without isEnabled at each look
// (terraform-provider-aws of provider-aws v2.4.0, internal/service/events/rule.go; seen in make
// e2e-aws, 2026-11-30).
func (c *cluster) addInterruption(i interruption) {
	rule, target := i.rule(), "target-interruption-"+i.name
	c.Desired.Add(rule, &eventsv1beta1.Rule{
		ObjectMeta: c.Named(rule, c.ruleName(i)),
		Spec: eventsv1beta1.RuleSpec{ForProvider: eventsv1beta1.RuleParameters{
			Region:       &c.spec.Region,
			Description:  new(i.detailType + " for Karpenter"),
			EventBusName: new(eventBus),
			EventPattern: new(composition.JSON(eventPattern{Source: []string{i.source}, DetailType: []string{i.detailType}})),
			IsEnabled:    new(true),
			Tags:         c.Tags(rule),
		}},
	}, desired.In(addons))
	if c.state.queueARN == "" {
		c.Desired.Pending(target, desired.In(addons))
		return
	}
	c.Desired.Add(target, &eventsv1beta2.Target{
		Spec: eventsv1beta2.TargetSpec{ForProvider: eventsv1beta2.TargetParameters{
			Region:       &c.spec.Region,
			EventBusName: new(eventBus),
			RuleSelector: desired.Selector(rule),
			TargetID:     new("karpenter"),
			Arn:          &c.state.queueARN,
		}},
	}, desired.In(addons))
}
