package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ausmart/platform/services/internal/retry"
)

const byCustomer = "idx_global_customerId"

// activeTimeout bounds one wait for a new table; DynamoDB usually takes some seconds.
const activeTimeout = time.Minute

// CreateTable makes the table if it is missing, trying until that succeeds or ctx ends. It changes no table that is there
// and drops none.
func (s *Store) CreateTable(ctx context.Context, log *slog.Logger) error {
	backoff := retry.Backoff{First: 100 * time.Millisecond, Max: 5 * time.Second}
	failed := func(err error, pause time.Duration) {
		log.WarnContext(ctx, "cannot create table, will try again", "table", s.table, "error", err, "pause", pause.String())
	}
	_ = backoff.Until(ctx, s.createIfMissing, failed) // Ends early only when the service does; the log has the reason.
	return nil
}

func (s *Store) createIfMissing(ctx context.Context) error {
	_, err := s.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &s.table})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		return err
	}
	_, err = s.client.CreateTable(ctx, s.definition())
	var exists *types.ResourceInUseException
	if errors.As(err, &exists) {
		return nil // Another replica was faster.
	}
	if err != nil {
		return fmt.Errorf("cannot create table: %w", err)
	}
	if err := dynamodb.NewTableExistsWaiter(s.client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &s.table}, activeTimeout); err != nil {
		return fmt.Errorf("cannot wait for table: %w", err)
	}
	_, err = s.client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &s.table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expiresAt"), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("cannot let carts expire: %w", err)
	}
	return nil
}

func (s *Store) definition() *dynamodb.CreateTableInput {
	hash := func(name string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &name, KeyType: types.KeyTypeHash}}
	}
	return &dynamodb.CreateTableInput{
		TableName:   &s.table,
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   hash("id"),
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("customerId"), AttributeType: types.ScalarAttributeTypeS},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(byCustomer), KeySchema: hash("customerId"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
}
