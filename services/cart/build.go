package cart

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ausmart/platform/services/cart/dynamodb"
	"github.com/ausmart/platform/services/cart/memory"
	"github.com/ausmart/platform/services/cart/redis"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/elasticache"
	"github.com/ausmart/platform/services/internal/redisclient"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
)

const (
	prefix = "RETAIL_CART_PERSISTENCE"
	// defaultRegion is used when AWS_REGION is not set, as it is in every pod on EKS.
	defaultRegion = "ap-southeast-2"
	// attemptTimeout bounds one call to AWS; the SDK repeats it within the store's own time-out.
	attemptTimeout = 2 * time.Second
	defaultTTL     = 30 * 24 * time.Hour
)

// Build makes the service with the store that the environment asks for.
func Build(ctx context.Context, k *service.Kit) (server.App, error) {
	switch k.Env.OneOf(prefix+"_PROVIDER", "in-memory", "dynamodb", "redis") {
	case "dynamodb":
		return buildDynamoDB(ctx, k)
	case "redis":
		return buildRedis(ctx, k)
	default:
		api := &API{kit: k, store: memory.New(), topology: Topology{PersistenceProvider: "in-memory", DatabaseEndpoint: "N/A"}}
		return server.App{Handler: api.Routes()}, nil
	}
}

func buildDynamoDB(ctx context.Context, k *service.Kit) (server.App, error) {
	table := k.Env.String(prefix+"_DYNAMODB_TABLE_NAME", "Items")
	endpoint := k.Env.String(prefix+"_DYNAMODB_ENDPOINT", "")
	create := k.Env.Bool(prefix+"_DYNAMODB_CREATE_TABLE", false)
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithDefaultRegion(defaultRegion),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(attemptTimeout)))
	if err != nil {
		return server.App{}, fmt.Errorf("cannot load AWS configuration: %w", err)
	}
	store := dynamodb.New(awsdynamodb.NewFromConfig(cfg, func(o *awsdynamodb.Options) {
		if endpoint != "" {
			o.BaseEndpoint = aws.String(endpoint)
		}
	}), table)
	k.Health.Add("dynamodb", store.Ping)
	api := &API{kit: k, store: store, topology: Topology{
		PersistenceProvider: "dynamodb", DatabaseEndpoint: "N/A", DynamoDBTable: table, DynamoDBEndpoint: named(endpoint),
	}}
	app := server.App{Handler: api.Routes()}
	if create {
		app.Tasks = append(app.Tasks, func(ctx context.Context) error { return store.CreateTable(ctx, k.Log) })
	}
	return app, nil
}

func buildRedis(ctx context.Context, k *service.Kit) (server.App, error) {
	address := k.Env.String(prefix+"_REDIS_URL", "redis://localhost:6379")
	login, err := elasticache.FromEnv(ctx, k.Env, prefix+"_REDIS", address)
	if err != nil {
		return server.App{}, err
	}
	if login == nil {
		login = credentials.FromEnv(k.Env, prefix+"_REDIS", prefix+"_REDIS_USER", "")
	}
	client, err := redisclient.Open(address, login)
	if err != nil {
		return server.App{}, fmt.Errorf("%s_REDIS_URL: %w", prefix, err)
	}
	store := redis.New(client, k.Env.String(prefix+"_REDIS_PREFIX", "cart:"), k.Env.Duration(prefix+"_REDIS_TTL", defaultTTL))
	k.Health.Add("redis", store.Ping)
	api := &API{kit: k, store: store, topology: Topology{PersistenceProvider: "redis", DatabaseEndpoint: host(address)}}
	return server.App{Handler: api.Routes(), Close: store.Close}, nil
}

// host returns a URL's host, without the login: /topology shows it.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "N/A"
	}
	return u.Host
}

// named describes an empty endpoint: the SDK then uses the region's own.
func named(endpoint string) string {
	if endpoint == "" {
		return "AWS"
	}
	return host(endpoint)
}
