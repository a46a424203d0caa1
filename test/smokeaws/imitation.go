package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// An imitation is the address of a local control plane's imitation of AWS, in the control plane's
// own network, with the HTTP proxy into that network.
type imitation struct {
	Endpoint string `json:"endpoint"`
	Proxy    string `json:"proxy"`
}

// awsConfig of the caller, or of an imitation.
func awsConfig(ctx context.Context, o options) (aws.Config, error) {
	if o.imitation == "" {
		cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.region))
		if err != nil {
			return aws.Config{}, fmt.Errorf("cannot find credentials of AWS: %w", err)
		}
		return cfg, nil
	}
	raw, err := os.ReadFile(o.imitation)
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot find the imitation: %w", err)
	}
	i := imitation{}
	if err := json.Unmarshal(raw, &i); err != nil {
		return aws.Config{}, fmt.Errorf("cannot read %s: %w", o.imitation, err)
	}
	return i.config(o.region)
}

func (i imitation) config(region string) (aws.Config, error) {
	cfg := aws.Config{Region: region, BaseEndpoint: &i.Endpoint, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	if i.Proxy == "" {
		return cfg, nil
	}
	proxy, err := url.Parse(i.Proxy)
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot read the imitation's proxy: %w", err)
	}
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		return connect(ctx, proxy.Host, address)
	}}}
	return cfg, nil
}

// connect to an address through a proxy. Go's client uses CONNECT for HTTPS only.
func connect(ctx context.Context, proxy, address string) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", proxy)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the control plane's proxy: %w", err)
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if err := req.Write(c); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	rsp, err := http.ReadResponse(bufio.NewReader(c), req) //nolint:bodyclose // Its body is the connection.
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if rsp.StatusCode != http.StatusOK {
		return nil, errors.Join(errors.New("the control plane's proxy answers "+rsp.Status), c.Close())
	}
	return c, nil
}
