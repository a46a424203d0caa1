package dynamodb_test

import (
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ausmart/platform/services/cart/dynamodb"
	"github.com/ausmart/platform/services/cart/item"
	"github.com/ausmart/platform/services/cart/storetest"
	"github.com/ausmart/platform/test/store/servers"
)

func TestStore(t *testing.T) {
	stand := servers.AWS(t)
	client := awsdynamodb.New(awsdynamodb.Options{
		Region:       "ap-southeast-2",
		BaseEndpoint: aws.String("http://" + stand.Addr),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	log := slog.New(slog.DiscardHandler)
	s := dynamodb.New(client, "Items")

	t.Run("CreateTable", func(t *testing.T) {
		if s.Ping(t.Context()) == nil {
			t.Error("want Ping to fail without a table")
		}
		var group sync.WaitGroup
		for range 4 { // Replicas that start at once.
			group.Go(func() { _ = s.CreateTable(t.Context(), log) })
		}
		group.Wait()
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("cannot reach the new table: %v", err)
		}
	})
	t.Run("Behaviour", func(t *testing.T) { storetest.Run(t, s) })
	t.Run("NeverDropped", func(t *testing.T) {
		if _, err := s.Add(t.Context(), "kept", item.Item{ID: "mug", Quantity: 1}); err != nil {
			t.Fatal(err)
		}
		_ = s.CreateTable(t.Context(), log)
		if items, err := s.Items(t.Context(), "kept"); err != nil || len(items) != 1 {
			t.Errorf("want the cart to survive CreateTable, got %v and %v", items, err)
		}
	})
	t.Run("Layout", func(t *testing.T) { layout(t, client) })
	t.Run("Outage", func(t *testing.T) {
		stand.Kill()
		if _, err := s.Items(t.Context(), "kept"); !errors.Is(err, item.ErrUnavailable) {
			t.Errorf("want ErrUnavailable while DynamoDB is down, got %v", err)
		}
	})
}

// layout checks that a line is where the sample puts it, for tools that read the table or its index.
func layout(t *testing.T, client *awsdynamodb.Client) {
	rsp, err := client.Query(t.Context(), &awsdynamodb.QueryInput{
		TableName: aws.String("Items"), IndexName: aws.String("idx_global_customerId"),
		KeyConditionExpression:    aws.String("customerId = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberS{Value: "kept"}},
	})
	if err != nil || len(rsp.Items) != 1 {
		t.Fatalf("want one line in the index, got %v and %v", rsp, err)
	}
	want := map[string]types.AttributeValue{
		"id":         &types.AttributeValueMemberS{Value: "kept:mug"},
		"customerId": &types.AttributeValueMemberS{Value: "kept"},
		"itemId":     &types.AttributeValueMemberS{Value: "mug"},
		"quantity":   &types.AttributeValueMemberN{Value: "1"},
		"unitPrice":  &types.AttributeValueMemberN{Value: "0"},
	}
	got := rsp.Items[0]
	delete(got, "expiresAt")
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{})); diff != "" {
		t.Errorf("line: -want +got:\n%s", diff)
	}
}
