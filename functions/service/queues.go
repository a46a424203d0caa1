package service

import (
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
)

const (
	// queueNameMax is the longest name of a queue (CreateQueue API, read 2026-11).
	queueNameMax = 80

	// A message waits up to four days for its receiver, SQS's own default. One that failed
	// waits up to 14, the longest that SQS allows: a person has to read it first.
	queueRetention      = 4 * 24 * 60 * 60
	deadLetterRetention = 14 * 24 * 60 * 60

	// longPoll is the longest that SQS lets a receiver wait for a message; an empty
	// answer costs as much as a full one.
	longPoll = 20
)

func queueName(name string) string      { return "queue-" + name }
func deadLetterName(name string) string { return "dead-letter-queue-" + name }

// addQueues adds each queue with its dead-letter queue. Both are encrypted by SQS's
// own keys. A queue under another name is another queue.
func (s *service) addQueues() {
	for _, q := range s.spec.Queues {
		s.addQueue(q)
	}
}

func (s *service) addQueue(q v1alpha1.Queue) {
	own, dead := s.state.queues[q.Name], s.state.deadLetters[q.Name]
	main := s.queue(queueName(q.Name), nameOf(queueNameMax, s.Name, q.Name), queueRetention)
	main.ReceiveWaitTimeSeconds = new(float64(longPoll))
	main.RedrivePolicy = redrive(q, dead.arn, own.redrive)
	s.Desired.Add(queueName(q.Name), &sqsv1beta1.Queue{Spec: sqsv1beta1.QueueSpec{ForProvider: main}})

	letters := s.queue(deadLetterName(q.Name), nameOf(queueNameMax, s.Name, q.Name, "dead-letters"), deadLetterRetention)
	if own.arn != "" {
		letters.RedriveAllowPolicy = new(composition.JSON(redriveAllowPolicy{Permission: "byQueue", Sources: []string{own.arn}}))
	} else if dead.allow != "" {
		letters.RedriveAllowPolicy = &dead.allow
	}
	s.Desired.Add(deadLetterName(q.Name), &sqsv1beta1.Queue{Spec: sqsv1beta1.QueueSpec{ForProvider: letters}})
}

func (s *service) queue(resource, name string, retention int) sqsv1beta1.QueueParameters {
	return sqsv1beta1.QueueParameters{
		Region:                  &s.spec.Region,
		Name:                    &name,
		SqsManagedSseEnabled:    new(true),
		MessageRetentionSeconds: new(float64(retention)),
		Tags:                    s.Tags(resource),
	}
}

// redrive policy of a queue: a message that was received too often goes to the dead-letter
// queue. While that queue has no ARN the policy stays as it is.
func redrive(q v1alpha1.Queue, deadLetterARN, last string) *string {
	switch {
	case deadLetterARN != "":
		return new(composition.JSON(redrivePolicy{Target: deadLetterARN, MaxReceiveCount: q.MaxReceiveCount}))
	case last != "":
		return &last
	default:
		return nil
	}
}

// queueNames of the claim's queues in the composition.
func (s *service) queueNames() []string {
	names := make([]string, 0, len(s.spec.Queues))
	for _, q := range s.spec.Queues {
		names = append(names, queueName(q.Name))
	}
	return names
}

// redrivePolicy and redriveAllowPolicy are attributes of queues
// (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
type redrivePolicy struct {
	Target          string `json:"deadLetterTargetArn"`
	MaxReceiveCount int32  `json:"maxReceiveCount"`
}

type redriveAllowPolicy struct {
	Permission string   `json:"redrivePermission"`
	Sources    []string `json:"sourceQueueArns"`
}
