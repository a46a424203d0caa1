package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	tagtypes "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// runTag is a tag of a run's claims, and so of all its resources, with the run's name.
const runTag = "ausmart-smoke"

// An awsAccount reads from AWS, with the caller's own credentials. It never writes.
type awsAccount struct {
	ec2  *ec2.Client
	rds  *rds.Client
	tags *resourcegroupstaggingapi.Client
	sts  *sts.Client
}

func newAccount(cfg aws.Config) awsAccount {
	return awsAccount{ec2.NewFromConfig(cfg), rds.NewFromConfig(cfg), resourcegroupstaggingapi.NewFromConfig(cfg), sts.NewFromConfig(cfg)}
}

// A thing is a resource in AWS.
type thing struct {
	ID    string
	Owner string // the account
	State string
	Tags  map[string]string

	Public    bool
	Encrypted bool
	Secret    bool // AWS manages the master password
}

// ID of the account.
func (a awsAccount) ID(ctx context.Context) (string, error) {
	out, err := a.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", fmt.Errorf("cannot ask AWS for the account: %w", err)
	}
	return aws.ToString(out.Account), nil
}

// VPCs of a run.
func (a awsAccount) VPCs(ctx context.Context, run string) ([]thing, error) {
	out, err := a.ec2.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{Filters: tagged(run)})
	if err != nil {
		return nil, fmt.Errorf("cannot list VPCs: %w", err)
	}
	var all []thing
	for _, v := range out.Vpcs {
		all = append(all, thing{ID: aws.ToString(v.VpcId), Owner: aws.ToString(v.OwnerId), State: string(v.State), Tags: ec2Tags(v.Tags)})
	}
	return ofRun(all, run), nil
}

// Subnets of a run.
func (a awsAccount) Subnets(ctx context.Context, run string) ([]thing, error) {
	out, err := a.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{Filters: tagged(run)})
	if err != nil {
		return nil, fmt.Errorf("cannot list subnets: %w", err)
	}
	var all []thing
	for _, s := range out.Subnets {
		all = append(all, thing{ID: aws.ToString(s.SubnetId), Owner: aws.ToString(s.OwnerId), State: string(s.State), Tags: ec2Tags(s.Tags)})
	}
	return ofRun(all, run), nil
}

// Databases of a run. RDS has no filter for tags.
func (a awsAccount) Databases(ctx context.Context, run string) ([]thing, error) {
	var all []thing
	pages := rds.NewDescribeDBInstancesPaginator(a.rds, &rds.DescribeDBInstancesInput{})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot list databases: %w", err)
		}
		for _, d := range out.DBInstances {
			found := thing{
				ID: aws.ToString(d.DBInstanceIdentifier), State: aws.ToString(d.DBInstanceStatus), Tags: map[string]string{},
				Public: aws.ToBool(d.PubliclyAccessible), Encrypted: aws.ToBool(d.StorageEncrypted), Secret: d.MasterUserSecret != nil,
			}
			for _, t := range d.TagList {
				found.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			all = append(all, found)
		}
	}
	return ofRun(all, run), nil
}

// Left of a run, as kind and id: the resources that the services still list, and those that only
// the search by tag finds. The search lists resources for up to about an hour after EC2 and RDS
// have deleted them, so for instances, VPCs and the like only those two services are asked.
func (a awsAccount) Left(ctx context.Context, run string) ([]string, error) {
	left := map[string]bool{}
	for _, list := range []func(context.Context, string, map[string]bool) error{a.leftNetwork, a.leftGateways, a.leftDatabases, a.leftTagged} {
		if err := list(ctx, run, left); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(left, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(left)), nil
}

func (a awsAccount) leftNetwork(ctx context.Context, run string, left map[string]bool) error {
	for kind, list := range map[string]func(context.Context, string) ([]thing, error){"vpc": a.VPCs, "subnet": a.Subnets} {
		found, err := list(ctx, run)
		if err != nil {
			return err
		}
		for _, f := range found {
			left[kind+" "+f.ID] = true
		}
	}
	tables, err := a.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{Filters: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list route tables: %w", err)
	}
	for _, t := range tables.RouteTables {
		left["route table "+aws.ToString(t.RouteTableId)] = isOf(run, t.Tags)
	}
	groups, err := a.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list security groups: %w", err)
	}
	for _, g := range groups.SecurityGroups {
		left["security group "+aws.ToString(g.GroupId)] = isOf(run, g.Tags)
	}
	return nil
}

// leftGateways are internet gateways, NAT gateways with their addresses, and endpoints. EC2 lists a
// deleted one for a while, with its state.
func (a awsAccount) leftGateways(ctx context.Context, run string, left map[string]bool) error {
	gateways, err := a.ec2.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{Filters: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list internet gateways: %w", err)
	}
	for _, g := range gateways.InternetGateways {
		left["internet gateway "+aws.ToString(g.InternetGatewayId)] = isOf(run, g.Tags)
	}
	nat, err := a.ec2.DescribeNatGateways(ctx, &ec2.DescribeNatGatewaysInput{Filter: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list NAT gateways: %w", err)
	}
	for _, g := range nat.NatGateways {
		left["NAT gateway "+aws.ToString(g.NatGatewayId)] = g.State != ec2types.NatGatewayStateDeleted && isOf(run, g.Tags)
	}
	addresses, err := a.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{Filters: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list addresses: %w", err)
	}
	for _, e := range addresses.Addresses {
		left["address "+aws.ToString(e.AllocationId)] = isOf(run, e.Tags)
	}
	endpoints, err := a.ec2.DescribeVpcEndpoints(ctx, &ec2.DescribeVpcEndpointsInput{Filters: tagged(run)})
	if err != nil {
		return fmt.Errorf("cannot list endpoints: %w", err)
	}
	for _, e := range endpoints.VpcEndpoints {
		left["endpoint "+aws.ToString(e.VpcEndpointId)] = !strings.EqualFold(string(e.State), "deleted") && isOf(run, e.Tags)
	}
	return nil
}

func (a awsAccount) leftDatabases(ctx context.Context, run string, left map[string]bool) error {
	found, err := a.Databases(ctx, run)
	if err != nil {
		return err
	}
	for _, d := range found {
		left["database "+d.ID] = true
	}
	return nil
}

func (a awsAccount) leftTagged(ctx context.Context, run string, left map[string]bool) error {
	pages := resourcegroupstaggingapi.NewGetResourcesPaginator(a.tags, &resourcegroupstaggingapi.GetResourcesInput{
		TagFilters: []tagtypes.TagFilter{{Key: aws.String(runTag), Values: []string{run}}},
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("cannot search by tag: %w", err)
		}
		for _, r := range out.ResourceTagMappingList {
			if arn := aws.ToString(r.ResourceARN); !askedItself(arn) {
				left[arn] = true
			}
		}
	}
	return nil
}

// askedItself reports whether the resource's own service is asked about it.
func askedItself(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false
	}
	switch parts[2] {
	case "ec2":
		kind, _, _ := strings.Cut(parts[5], "/")
		return slices.Contains([]string{
			"elastic-ip", "internet-gateway", "natgateway", "route-table", "security-group", "subnet", "vpc", "vpc-endpoint",
		}, kind)
	case "rds":
		return strings.HasPrefix(parts[5], "db:")
	}
	return false
}

func tagged(run string) []ec2types.Filter {
	return []ec2types.Filter{{Name: aws.String("tag:" + runTag), Values: []string{run}}}
}

// ofRun returns the things with the run's tag. AWS filters by it, too; an imitation may not.
func ofRun(all []thing, run string) []thing {
	return slices.DeleteFunc(all, func(t thing) bool { return t.Tags[runTag] != run })
}

func isOf(run string, tags []ec2types.Tag) bool { return ec2Tags(tags)[runTag] == run }

func ec2Tags(tags []ec2types.Tag) map[string]string {
	all := map[string]string{}
	for _, t := range tags {
		all[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return all
}
