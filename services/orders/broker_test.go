package orders_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/outbox"
	"github.com/ausmart/platform/services/orders/rabbitmq"
	"github.com/ausmart/platform/services/orders/sqs"
	"github.com/ausmart/platform/test/store/servers"
)

var (
	_ outbox.Publisher = (*rabbitmq.Publisher)(nil)
	_ outbox.Publisher = (*sqs.Publisher)(nil)
)

// received is what a consumer sees of an event.
type received struct{ ID, Type, Body, Trace string }

func TestRabbitMQ(t *testing.T) {
	server := servers.RabbitMQ(t)
	p := newRabbitMQ(t, server.Addr, "guest")

	t.Run("Delivers", func(t *testing.T) {
		want := publish(t, p, 250)
		if diff := cmp.Diff(want, consume(t, server.Addr, 250)); diff != "" {
			t.Errorf("-published, +received:\n%s", diff)
		}
	})
	t.Run("QueueDeleted", func(t *testing.T) {
		onChannel(t, server.Addr, func(c *amqp.Channel) error {
			_, err := c.QueueDelete("orders-orders-queue", false, false, false)
			return err
		})
		if n, err := p.Publish(t.Context(), batch(0, 1)); err == nil || n != 0 {
			t.Errorf("%d events delivered without a queue, error %v", n, err)
		}
		want := publish(t, p, 1)
		if diff := cmp.Diff(want, consume(t, server.Addr, 1)); diff != "" {
			t.Errorf("the next try must make the queue again: -published, +received:\n%s", diff)
		}
	})
	t.Run("Restart", func(t *testing.T) {
		want := publish(t, p, 3)
		server.Stop()
		if n, err := p.Publish(t.Context(), batch(0, 1)); err == nil || n != 0 {
			t.Errorf("%d events delivered without a broker, error %v", n, err)
		}
		server.Start()
		want = append(want, publish(t, p, 2)...)
		if diff := cmp.Diff(want, consume(t, server.Addr, 5)); diff != "" {
			t.Errorf("messages must survive the broker: -published, +received:\n%s", diff)
		}
	})
	t.Run("WrongPassword", func(t *testing.T) {
		_, err := newRabbitMQ(t, server.Addr, "hunter2").Publish(t.Context(), batch(0, 1))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("error %v, want one that does not tell the password", err)
		}
	})
	t.Run("SecondBroker", func(t *testing.T) {
		want := publish(t, newRabbitMQ(t, "127.0.0.1:1,"+server.Addr, "guest"), 1)
		if diff := cmp.Diff(want, consume(t, server.Addr, 1)); diff != "" {
			t.Errorf("one dead broker of two must not matter: -published, +received:\n%s", diff)
		}
	})
	t.Run("Frozen", func(t *testing.T) { rabbitMQFrozen(t, server.Addr) })
}

func TestRabbitMQConfig(t *testing.T) {
	const addresses = "RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES"
	type want struct{ endpoint, err string }
	cases := map[string]struct {
		reason    string
		addresses string
		want      want
	}{
		"Default":  {reason: "a broker beside the service", want: want{endpoint: "localhost:5672"}},
		"List":     {reason: "as the sample's charts write it", addresses: "a:1,b:2", want: want{endpoint: "a:1,b:2"}},
		"URL":      {reason: "Amazon MQ hands out URLs", addresses: "amqps://b-1.example.com:5671", want: want{endpoint: "b-1.example.com:5671"}},
		"Password": {reason: "topology shows addresses", addresses: "amqp://u:p@a:1", want: want{err: "cannot use " + addresses + ": put the user name and the password into RETAIL_ORDERS_MESSAGING_RABBITMQ_USERNAME and _PASSWORD"}},
		"Nonsense": {reason: "a mistake is named at start", addresses: "http://a", want: want{err: "cannot use " + addresses + `: "http://a" is neither host:port nor an amqp URL`}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cfg, err := rabbitmq.ConfigFromEnv(env.Map(map[string]string{addresses: tc.addresses}))
			got := want{endpoint: cfg.Endpoint()}
			if err != nil {
				got = want{err: err.Error()}
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestSQS(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "ap-southeast-2")
	endpoint := "http://" + servers.AWS(t).Addr
	client := awssqs.New(awssqs.Options{
		Region: "ap-southeast-2", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	cases := map[string]struct {
		reason string
		queue  string
		topic  func(url string) string
	}{
		"Name": {reason: "the sample's charts name the queue", queue: "by-name", topic: func(string) string { return "by-name" }},
		"URL":  {reason: "the console shows URLs", queue: "by-url", topic: func(url string) string { return url }},
		"ARN": {reason: "the platform hands out ARNs", queue: "by-arn", topic: func(string) string {
			return "arn:aws:sqs:ap-southeast-2:000000000000:by-arn"
		}},
		"FIFO": {reason: "a FIFO queue wants a group", queue: "q.fifo", topic: func(string) string { return "q.fifo" }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := &awssqs.CreateQueueInput{QueueName: &tc.queue}
			if strings.HasSuffix(tc.queue, ".fifo") {
				in.Attributes = map[string]string{"FifoQueue": "true"}
			}
			created, err := client.CreateQueue(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			p := newSQS(t, endpoint, tc.topic(aws.ToString(created.QueueUrl)))
			want := publish(t, p, 25)
			if diff := cmp.Diff(byID(want), receive(t, client, created.QueueUrl, 25)); diff != "" {
				t.Errorf("%s: -published, +received:\n%s", tc.reason, diff)
			}
		})
	}
	t.Run("NoQueue", func(t *testing.T) {
		n, err := newSQS(t, endpoint, "missing").Publish(t.Context(), batch(0, 1))
		if err == nil || n != 0 {
			t.Errorf("%d events delivered to a queue that does not exist, error %v", n, err)
		}
	})
	t.Run("Large", func(t *testing.T) {
		created, err := client.CreateQueue(t.Context(), &awssqs.CreateQueueInput{QueueName: aws.String("large")})
		if err != nil {
			t.Fatal(err)
		}
		events := batch(0, 3)
		for i := range events {
			events[i].Body = []byte(strings.Repeat("x", 160<<10)) // Two of them are more than one call takes.
		}
		if n, err := newSQS(t, endpoint, "large").Publish(t.Context(), events); n != 3 || err != nil {
			t.Errorf("%d of 3 large events delivered, error %v", n, err)
		}
		receive(t, client, created.QueueUrl, 3)
	})
}

func newRabbitMQ(t *testing.T, addresses, password string) *rabbitmq.Publisher {
	t.Helper()
	cfg, err := rabbitmq.ConfigFromEnv(env.Map(map[string]string{"RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES": addresses}))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Login = credentials.Fixed(credentials.Login{User: "guest", Password: password})
	p := rabbitmq.New(cfg)
	t.Cleanup(func() { _ = p.Close() }) // The server ends too.
	return p
}

func newSQS(t *testing.T, endpoint, topic string) *sqs.Publisher {
	t.Helper()
	p, err := sqs.New(t.Context(), sqs.Config{Topic: topic, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func batch(from, n int) []order.Event {
	out := make([]order.Event, n)
	for i := range out {
		out[i] = order.Event{ID: strconv.Itoa(from + i), Body: fmt.Appendf(nil, `{"n":%d}`, from+i), Trace: "00-abc-def-01"}
	}
	return out
}

// publish delivers n events and returns what a consumer must see.
func publish(t *testing.T, p outbox.Publisher, n int) []received {
	t.Helper()
	events := batch(1000, n)
	delivered, err := p.Publish(t.Context(), events)
	if delivered != n || err != nil {
		t.Fatalf("%d of %d events delivered, error %v", delivered, n, err)
	}
	out := make([]received, n)
	for i, e := range events {
		out[i] = received{e.ID, order.EventType, string(e.Body), e.Trace}
	}
	return out
}

func onChannel(t *testing.T, addr string, use func(*amqp.Channel) error) {
	t.Helper()
	conn, err := amqp.Dial("amqp://guest:guest@" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // The test has what it wants.
	channel, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := use(channel); err != nil {
		t.Fatal(err)
	}
}

// consume takes n messages from the queue that the sample's consumers listen to.
func consume(t *testing.T, addr string, n int) []received {
	t.Helper()
	var out []received
	onChannel(t, addr, func(c *amqp.Channel) error {
		messages, err := c.ConsumeWithContext(t.Context(), "orders-orders-queue", "", true, false, false, false, nil)
		for len(out) < n && err == nil {
			m := <-messages
			if m.DeliveryMode != amqp.Persistent {
				t.Errorf("message %s does not survive the broker", m.MessageId)
			}
			trace, _ := m.Headers["traceparent"].(string)
			out = append(out, received{m.MessageId, m.Type, string(m.Body), trace})
		}
		return err
	})
	return out
}

// receive takes messages from a queue until it has n different ones: the SDK repeats a message
// without an answer.
func receive(t *testing.T, client *awssqs.Client, url *string, n int) map[string]received {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out := map[string]received{}
	for len(out) < n {
		got, err := client.ReceiveMessage(ctx, &awssqs.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatalf("%d of %d messages received: %v", len(out), n, err)
		}
		for _, m := range got.Messages {
			a := m.MessageAttributes
			attribute := func(name string) string { return aws.ToString(a[name].StringValue) }
			out[attribute("eventId")] = received{attribute("eventId"), attribute("eventType"), aws.ToString(m.Body), attribute("traceparent")}
			if _, err := client.DeleteMessage(ctx, &awssqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// byID makes the order of messages not matter: SQS promises none.
func byID(messages []received) map[string]received {
	out := map[string]received{}
	for _, m := range messages {
		out[m.ID] = m
	}
	return out
}
