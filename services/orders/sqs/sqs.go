// Package sqs publishes the events of orders to an SQS queue.
//
// Region, credentials and retries come from the AWS SDK's own configuration. It makes no queue.
package sqs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/orders/order"
)

// What SQS takes in one call.
const (
	maxEntries = 10
	maxBytes   = 250 << 10 // A little less than 256 KiB: the attributes count as well.
)

// callTimeout bounds one call, its retries included.
const callTimeout = 3 * time.Second

// ErrNoTopic means that no queue is configured.
var ErrNoTopic = errors.New("set RETAIL_ORDERS_MESSAGING_SQS_TOPIC to the name, URL or ARN of a queue")

// Config says which queue, and where.
type Config struct {
	Topic    string // The queue's name, URL or ARN.
	Region   string // Else the ARN's, else that of the AWS configuration.
	Endpoint string // For tests and VPC endpoints; else AWS.
}

// ConfigFromEnv reads RETAIL_ORDERS_MESSAGING_SQS_*.
func ConfigFromEnv(e *env.Env) (Config, error) {
	const prefix = "RETAIL_ORDERS_MESSAGING_SQS"
	cfg := Config{
		Topic:    e.String(prefix+"_TOPIC", ""),
		Region:   e.String(prefix+"_REGION", ""),
		Endpoint: e.String(prefix+"_ENDPOINT", ""),
	}
	if cfg.Topic == "" {
		return Config{}, ErrNoTopic
	}
	return cfg, nil
}

// Publisher is for one goroutine at a time.
type Publisher struct {
	client *sqs.Client
	topic  string
	url    string // Of the queue, once it is known.
}

// New returns a Publisher. It makes no call to AWS yet.
func New(ctx context.Context, cfg Config) (*Publisher, error) {
	region := cfg.Region
	if a, err := arn.Parse(cfg.Topic); err == nil && region == "" {
		region = a.Region
	}
	loaded, err := config.LoadDefaultConfig(ctx, func(o *config.LoadOptions) error {
		o.Region = region
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot load AWS configuration: %w", err)
	}
	client := sqs.NewFromConfig(loaded, func(o *sqs.Options) {
		if cfg.Endpoint != "" {
			o.BaseEndpoint = &cfg.Endpoint
		}
	})
	return &Publisher{client: client, topic: cfg.Topic}, nil
}

// Publish returns how many of the events, counted from the first, SQS has confirmed.
func (p *Publisher) Publish(ctx context.Context, events []order.Event) (int, error) {
	confirmed := 0
	for confirmed < len(events) {
		chunk := fitting(events[confirmed:])
		n, err := p.send(ctx, chunk)
		confirmed += n
		if err != nil {
			p.url = "" // The queue may have been created again.
			return confirmed, fmt.Errorf("cannot publish to SQS: %w", err)
		}
	}
	return confirmed, nil
}

// fitting returns as many of the events as one call takes, at least one.
func fitting(events []order.Event) []order.Event {
	bytes := 0
	for i, e := range events {
		bytes += len(e.Body)
		if i == maxEntries || i > 0 && bytes > maxBytes {
			return events[:i]
		}
	}
	return events
}

func (p *Publisher) send(ctx context.Context, events []order.Event) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := p.resolve(ctx); err != nil {
		return 0, err
	}
	entries := make([]types.SendMessageBatchRequestEntry, len(events))
	for i, e := range events {
		entries[i] = p.entry(e)
	}
	out, err := p.client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &p.url, Entries: entries})
	if err != nil {
		return 0, err
	}
	return confirmed(events, out.Failed)
}

// confirmed counts the events before the first one that failed.
func confirmed(events []order.Event, failed []types.BatchResultErrorEntry) (int, error) {
	if len(failed) == 0 {
		return len(events), nil
	}
	reasons := map[string]string{}
	for _, f := range failed {
		reasons[aws.ToString(f.Id)] = aws.ToString(f.Code)
	}
	for i, e := range events {
		if reason, ok := reasons[e.ID]; ok {
			return i, fmt.Errorf("event %s was refused: %s", e.ID, reason)
		}
	}
	return 0, errors.New("an event was refused, but none that was sent")
}

func (p *Publisher) entry(e order.Event) types.SendMessageBatchRequestEntry {
	attribute := func(v string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &v}
	}
	entry := types.SendMessageBatchRequestEntry{
		Id:          &e.ID,
		MessageBody: aws.String(string(e.Body)),
		MessageAttributes: map[string]types.MessageAttributeValue{
			"eventId": attribute(e.ID), "eventType": attribute(order.EventType),
		},
	}
	if e.Trace != "" { // SQS refuses empty attributes.
		entry.MessageAttributes["traceparent"] = attribute(e.Trace)
	}
	if strings.HasSuffix(p.url, ".fifo") {
		entry.MessageGroupId, entry.MessageDeduplicationId = &e.ID, &e.ID // No event waits for another.
	}
	return entry
}

// resolve finds the queue's URL.
func (p *Publisher) resolve(ctx context.Context) error {
	if p.url != "" {
		return nil
	}
	if u, err := url.Parse(p.topic); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		p.url = p.topic
		return nil
	}
	in := &sqs.GetQueueUrlInput{QueueName: &p.topic}
	if a, err := arn.Parse(p.topic); err == nil {
		in = &sqs.GetQueueUrlInput{QueueName: &a.Resource, QueueOwnerAWSAccountId: &a.AccountID}
	}
	out, err := p.client.GetQueueUrl(ctx, in)
	if err != nil {
		return fmt.Errorf("cannot find queue %s: %w", p.topic, err)
	}
	p.url = aws.ToString(out.QueueUrl)
	return nil
}
