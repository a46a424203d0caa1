package service

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/awsname"
)

const (
	// groupNameMax is the longest name of a group of ingresses
	// (kubernetes-sigs.github.io/aws-load-balancer-controller, annotation group.name).
	groupNameMax = 63

	alb = "alb.ingress.kubernetes.io/"

	// notFound is the action of the controller that answers 404.
	notFound = "not-found"

	// hideableMax is the longest v1alpha1.URLPath.
	hideableMax = 126
)

// checkCertificate refuses a certificate that AWS would refuse minutes later: one of ACM is for the
// load balancers of its own region (docs.aws.amazon.com/acm/latest/userguide/acm-regions.html, read 2026-11).
func (s *service) checkCertificate() {
	arn := s.spec.Ingress.CertificateARN
	if own := "arn:" + s.Partition() + ":acm:" + s.spec.Region + ":"; arn != "" && !strings.HasPrefix(arn, own) {
		s.fail(fmt.Errorf("spec.ingress.certificateArn: %s is not in %s, where the load balancer is: "+
			"request or import a certificate there, whose ARN starts with %s", arn, s.spec.Region, own))
	}
}

// hideable is a path as v1alpha1.URLPath has it.
var hideable = regexp.MustCompile(`^(/[A-Za-z0-9_.$~@:+&-]+)+$`)

// hidden paths are not for the outside: that of the metrics, and those that the claim lists. Each
// is there once, sorted.
func (s *service) hidden() []string {
	path, _, _ := strings.Cut(s.metricsPath(), "?") // A load balancer does not compare queries.
	metrics := strings.TrimRight(path, "/")
	if len(metrics) > hideableMax || !hideable.MatchString(metrics) {
		s.fail(fmt.Errorf("spec.metricsPath: the load balancer cannot hide %q from outside: choose a path of its own without special characters, such as /metrics", s.metricsPath()))
	}
	out := []string{metrics}
	for _, p := range s.spec.Ingress.HiddenPaths {
		out = append(out, string(p))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inbound ranges of the load balancer, sorted; none for all.
func (s *service) inbound() []string {
	out := make([]string, 0, len(s.spec.Ingress.InboundCIDRs))
	for _, r := range s.spec.Ingress.InboundCIDRs {
		out = append(out, string(r))
	}
	slices.Sort(out)
	return out
}

// ingressAnnotations configure the AWS load balancer controller
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations, read 2026-11).
func (s *service) ingressAnnotations() map[string]string {
	_, ready := s.probes()
	a := map[string]string{
		alb + "scheme":                       "internet-facing",
		alb + "target-type":                  "ip",
		alb + "group.name":                   s.group(),
		alb + "healthcheck-path":             ready,
		alb + "healthcheck-interval-seconds": "10",
		// Shorter than the pods' grace, so that they outlive their last request.
		alb + "target-group-attributes":  "deregistration_delay.timeout_seconds=30",
		alb + "load-balancer-attributes": "routing.http.drop_invalid_header_fields.enabled=true," + s.accessLogs(),
		alb + "listen-ports":             `[{"HTTP":80}]`,
		alb + "actions." + notFound:      `{"type":"fixed-response","fixedResponseConfig":{"contentType":"text/plain","statusCode":"404","messageBody":"Not found"}}`,
	}
	if s.Settings.InternalIngress.V {
		a[alb+"scheme"] = "internal"
	}
	if ranges := s.inbound(); len(ranges) > 0 {
		a[alb+"inbound-cidrs"] = strings.Join(ranges, ",")
	}
	if arn := s.spec.Ingress.CertificateARN; arn != "" {
		maps.Copy(a, map[string]string{
			alb + "certificate-arn": arn,
			// Port 80 stays open: a load balancer that redirects has to listen there.
			alb + "listen-ports": `[{"HTTP":80},{"HTTPS":443}]`,
			alb + "ssl-redirect": "443",
			alb + "ssl-policy":   "ELBSecurityPolicy-TLS13-1-2-2021-06",
		})
	}
	if arn := s.cluster.Status.WebACLARN; arn != "" {
		a[alb+"wafv2-acl-arn"] = arn
	}
	return a
}

// accessLogs are the attributes of a load balancer that records its requests where the network has
// a bucket for that. Off is written out: the controller leaves an attribute that is not named as it
// is.
func (s *service) accessLogs() string {
	if bucket := s.cluster.Status.AccessLogBucket; bucket != "" {
		return "access_logs.s3.enabled=true,access_logs.s3.bucket=" + bucket
	}
	return "access_logs.s3.enabled=false"
}

// group is the load balancer that the ingress shares with others. Services with a host share
// one for the cluster, but internal and public ones do not, nor those with and without TLS: a
// redirect is for a whole load balancer. So are the inbound ranges: the controller refuses a group
// whose ingresses have different ones. A service without a host gets every request, and so has a
// load balancer of its own.
func (s *service) group() string {
	parts := []string{s.cluster.Status.ClusterName}
	if s.Settings.InternalIngress.V {
		parts = append(parts, "internal")
	}
	if s.spec.Ingress.CertificateARN == "" {
		parts = append(parts, "plain")
	}
	if s.spec.Ingress.Host != "" {
		if ranges := s.inbound(); len(ranges) > 0 {
			parts = append(parts, awsname.Digest(digestDigits, ranges...))
		}
		return nameOf(groupNameMax, parts...)
	}
	parts = append(parts, s.namespace, s.workload)
	plain := nameOf(groupNameMax, parts...)
	if plain == s.state.group {
		return plain // Another name would be another load balancer.
	}
	// Service api-web in shop and web in shop-api are not the same.
	return awsname.Cut(strings.Join(parts, "-"), "-"+awsname.Digest(digestDigits, parts...), groupNameMax)
}

// url is the address that people call, or that services do; empty while it is not
// known.
func (s *service) url() string {
	i := s.spec.Ingress
	if i == nil {
		return "http://" + s.workload + "." + s.namespace
	}
	scheme, host := "http://", i.Host
	if i.CertificateARN != "" {
		scheme = "https://"
	}
	if lb := s.state.ingress.Status.LoadBalancer.Ingress; host == "" && len(lb) > 0 {
		host = lb[0].Hostname
	}
	if host == "" {
		return ""
	}
	return scheme + host
}
