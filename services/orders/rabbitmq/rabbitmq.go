// Package rabbitmq publishes the events of orders to a RabbitMQ broker.
//
// It declares a durable fanout exchange and a durable queue bound to it, sends persistent messages, and counts an event as
// delivered once the broker has confirmed that it is in a queue. It connects when it is first used, and again after errors.
package rabbitmq

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/orders/order"
)

// The names that consumers written for the sample use.
const (
	exchange = "orders-exchange"
	queue    = "orders-orders-queue"
)

const (
	// window is how many messages may be unconfirmed at once.
	window      = 100
	dialTimeout = 2 * time.Second
	heartbeat   = 5 * time.Second
	// closeTimeout bounds closing: a broker that has stopped answering does not answer that either.
	closeTimeout = time.Second
)

var (
	errRefused    = errors.New("the broker did not confirm the event")
	errUnroutable = errors.New("no queue is bound to " + exchange)
	errUserInfo   = errors.New("cannot use RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES: " +
		"put the user name and the password into RETAIL_ORDERS_MESSAGING_RABBITMQ_USERNAME and _PASSWORD")
)

// Config says where the brokers are and how to log in to them.
type Config struct {
	Brokers []amqp.URI
	Login   *credentials.Source
}

// ConfigFromEnv reads RETAIL_ORDERS_MESSAGING_RABBITMQ_*. Addresses are separated by commas, each host:port or an amqp or
// amqps URL without a password.
func ConfigFromEnv(e *env.Env) (Config, error) {
	const prefix = "RETAIL_ORDERS_MESSAGING_RABBITMQ"
	cfg := Config{Login: credentials.FromEnv(e, prefix, prefix+"_USERNAME", "guest")}
	for address := range strings.SplitSeq(e.String(prefix+"_ADDRESSES", "localhost:5672"), ",") {
		if strings.Contains(address, "@") {
			return Config{}, errUserInfo
		}
		if !strings.Contains(address, "://") {
			address = "amqp://" + address
		}
		uri, err := amqp.ParseURI(strings.TrimSpace(address))
		if err != nil {
			return Config{}, fmt.Errorf("cannot use %s_ADDRESSES: %q is neither host:port nor an amqp URL", prefix, address)
		}
		cfg.Brokers = append(cfg.Brokers, uri)
	}
	return cfg, nil
}

// Endpoint names the brokers.
func (c Config) Endpoint() string {
	names := make([]string, len(c.Brokers))
	for i, b := range c.Brokers {
		names[i] = net.JoinHostPort(b.Host, strconv.Itoa(b.Port))
	}
	return strings.Join(names, ",")
}

// Publisher is for one goroutine at a time.
type Publisher struct {
	cfg     Config
	session *session
}

// New returns a Publisher that connects when it is first used.
func New(cfg Config) *Publisher { return &Publisher{cfg: cfg} }

// Publish returns how many of the events, counted from the first, the broker has confirmed.
func (p *Publisher) Publish(ctx context.Context, events []order.Event) (int, error) {
	if p.session == nil {
		s, err := credentials.Dial(ctx, p.cfg.Login, p.connect, refused)
		if err != nil {
			return 0, fmt.Errorf("cannot connect to RabbitMQ: %w", err)
		}
		p.session = s
	}
	confirmed := 0
	for chunk := range slices.Chunk(events, window) {
		n, err := p.session.publish(ctx, chunk)
		confirmed += n
		if err != nil {
			_ = p.Close() // The next call makes a new connection; the old one has failed already.
			return confirmed, fmt.Errorf("cannot publish to RabbitMQ: %w", err)
		}
	}
	return confirmed, nil
}

// Close closes the connection, if there is one.
func (p *Publisher) Close() error {
	if p.session == nil {
		return nil
	}
	s := p.session
	p.session = nil
	return s.conn.CloseDeadline(time.Now().Add(closeTimeout))
}

// connect tries the brokers in turn.
func (p *Publisher) connect(ctx context.Context, login credentials.Login) (*session, error) {
	var errs []error
	for _, broker := range p.cfg.Brokers {
		s, err := open(broker, login)
		if err == nil {
			return s, nil
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(errs...)
}

// session is one connection with everything declared on it.
type session struct {
	conn     *amqp.Connection
	channel  *amqp.Channel
	returned chan amqp.Return
}

func open(broker amqp.URI, login credentials.Login) (*session, error) {
	broker.Username, broker.Password = login.User, login.Password
	if broker.Username == "guest" && broker.Password == "" {
		broker.Password = "guest" // The login of a broker without configuration.
	}
	conn, err := amqp.DialConfig(broker.String(), amqp.Config{
		Heartbeat:  heartbeat,
		Dial:       amqp.DefaultDial(dialTimeout),
		Properties: amqp.Table{"connection_name": "orders"},
	})
	if err != nil {
		return nil, err
	}
	channel, err := declare(conn)
	if err != nil {
		_ = conn.Close() // What went wrong is in err.
		return nil, err
	}
	return &session{conn, channel, channel.NotifyReturn(make(chan amqp.Return, window))}, nil
}

func declare(conn *amqp.Connection) (*amqp.Channel, error) {
	channel, err := conn.Channel()
	if err != nil {
		return nil, err
	}
	if err := channel.ExchangeDeclare(exchange, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
		return nil, fmt.Errorf("cannot declare exchange: %w", err)
	}
	if _, err := channel.QueueDeclare(queue, true, false, false, false, nil); err != nil {
		return nil, fmt.Errorf("cannot declare queue: %w", err)
	}
	if err := channel.QueueBind(queue, "", exchange, false, nil); err != nil {
		return nil, fmt.Errorf("cannot bind queue: %w", err)
	}
	return channel, channel.Confirm(false)
}

// publish sends everything before it waits for the first confirmation.
func (s *session) publish(ctx context.Context, events []order.Event) (int, error) {
	pending := make([]*amqp.DeferredConfirmation, len(events))
	for i, e := range events {
		var err error
		if pending[i], err = s.channel.PublishWithDeferredConfirmWithContext(ctx, exchange, "", true, false, message(e)); err != nil {
			return 0, err
		}
	}
	for i, p := range pending {
		if ok, err := p.WaitContext(ctx); err != nil || !ok {
			return i, errors.Join(errRefused, err)
		}
	}
	// The broker also confirms a message that no queue took, but returns it first.
	if len(s.returned) > 0 {
		return 0, errUnroutable
	}
	return len(events), nil
}

func message(e order.Event) amqp.Publishing {
	return amqp.Publishing{
		Headers:      amqp.Table{"traceparent": e.Trace},
		MessageId:    e.ID,
		Type:         order.EventType,
		ContentType:  "application/json",
		DeliveryMode: amqp.Persistent,
		Timestamp:    time.Now(),
		Body:         e.Body,
	}
}

// refused reports whether the broker refused the login.
func refused(err error) bool {
	var ae *amqp.Error
	return errors.As(err, &ae) && ae.Code == amqp.AccessRefused
}
