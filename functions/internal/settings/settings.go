// Package settings decides what an environment means: KMS on or off, one NAT
// gateway or one for each zone, how long logs live.
//
// It reads three layers and takes the first that has a value: the claim's own
// field, the EnvironmentConfig that carries the environment's name, and the
// table in builtin.go. For each setting it remembers which layer won, so that a
// claim's status can say where its values come from. It writes nothing.
package settings

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A Name of a setting, as it stands in an EnvironmentConfig and in a claim's status.
type Name string

// The settings.
const (
	KMS                 Name = "kms"
	WAF                 Name = "waf"
	MultiAZ             Name = "multiAZ"
	NATGateways         Name = "natGateways"
	VPCEndpoints        Name = "vpcEndpoints"
	FlowLogs            Name = "flowLogs"
	RetentionDays       Name = "retentionDays"
	DeletionProtection  Name = "deletionProtection"
	FinalSnapshot       Name = "finalSnapshot"
	ApplyImmediately    Name = "applyImmediately"
	BackupRetentionDays Name = "backupRetentionDays"
	PublicAPI           Name = "publicAPI"
	IAMPath             Name = "iamPath"
	PermissionsBoundary Name = "permissionsBoundary"
)

// A Layer is what one source says about the settings. A nil field says nothing.
type Layer struct {
	// KMS encrypts with customer-managed keys.
	KMS *bool `json:"kms,omitempty"`

	// WAF guards the load balancers with a web application firewall.
	WAF *bool `json:"waf,omitempty"`

	// MultiAZ keeps a standby or replica of each database in another zone.
	MultiAZ *bool `json:"multiAZ,omitempty"`

	// NATGateways of a network.
	NATGateways *v1alpha1.NATGatewayMode `json:"natGateways,omitempty"`

	// VPCEndpoints makes the standard interface endpoints.
	VPCEndpoints *bool `json:"vpcEndpoints,omitempty"`

	// FlowLogs records a VPC's traffic.
	FlowLogs *bool `json:"flowLogs,omitempty"`

	// RetentionDays of logs and traces.
	RetentionDays *int32 `json:"retentionDays,omitempty"`

	// DeletionProtection refuses to delete what holds data.
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// FinalSnapshot keeps a snapshot of a database that is deleted.
	FinalSnapshot *bool `json:"finalSnapshot,omitempty"`

	// ApplyImmediately changes databases at once, and not in their next
	// maintenance window.
	ApplyImmediately *bool `json:"applyImmediately,omitempty"`

	// BackupRetentionDays of databases.
	BackupRetentionDays *int32 `json:"backupRetentionDays,omitempty"`

	// PublicAPI lets a claim open the Kubernetes API to 0.0.0.0/0.
	PublicAPI *bool `json:"publicAPI,omitempty"`

	// IAMPath of roles and instance profiles.
	IAMPath *v1alpha1.IAMPath `json:"iamPath,omitempty"`

	// PermissionsBoundary of roles; empty for none, which only the built-in table
	// can say.
	PermissionsBoundary *v1alpha1.PolicyARN `json:"permissionsBoundary,omitempty"`
}

// An Origin says which layer a value comes from.
type Origin string

// The origins other than an EnvironmentConfig, which is named "EnvironmentConfig/<name>".
const (
	OriginClaim   Origin = "claim"
	OriginBuiltIn Origin = "built-in"
)

// Who wants the value, in a sentence about it.
func (o Origin) Who() string {
	switch o {
	case OriginBuiltIn:
		return "the platform"
	case OriginClaim:
		return "the claim"
	default:
		return string(o)
	}
}

// A Value of a setting, and where it comes from.
type Value[T any] struct {
	V      T
	Origin Origin
}

// Settings are the effective values.
type Settings struct {
	KMS                 Value[bool]
	WAF                 Value[bool]
	MultiAZ             Value[bool]
	NATGateways         Value[v1alpha1.NATGatewayMode]
	VPCEndpoints        Value[bool]
	FlowLogs            Value[bool]
	RetentionDays       Value[int32]
	DeletionProtection  Value[bool]
	FinalSnapshot       Value[bool]
	ApplyImmediately    Value[bool]
	BackupRetentionDays Value[int32]
	PublicAPI           Value[bool]
	IAMPath             Value[v1alpha1.IAMPath]
	PermissionsBoundary Value[v1alpha1.PolicyARN]
}

// Check that there is such an environment.
func Check(env v1alpha1.Environment) error {
	if _, ok := BuiltIn(env); !ok {
		return fmt.Errorf("spec.environment: unknown environment %q: use dev, staging or prod", env)
	}
	return nil
}

// Resolve takes each setting from the claim, else from the environment's
// config (nil where the platform team wrote none), else from the built-in
// table. It fails when the environment is unknown.
func Resolve(env v1alpha1.Environment, config *Config, claim Layer) (Settings, error) {
	if err := Check(env); err != nil {
		return Settings{}, err
	}
	base, _ := BuiltIn(env)
	var conf Layer
	var origin Origin
	if config != nil {
		conf, origin = config.Layer, config.Origin()
	}
	return Settings{
		KMS:                 pick(claim.KMS, conf.KMS, base.KMS, origin),
		WAF:                 pick(claim.WAF, conf.WAF, base.WAF, origin),
		MultiAZ:             pick(claim.MultiAZ, conf.MultiAZ, base.MultiAZ, origin),
		NATGateways:         pick(claim.NATGateways, conf.NATGateways, base.NATGateways, origin),
		VPCEndpoints:        pick(claim.VPCEndpoints, conf.VPCEndpoints, base.VPCEndpoints, origin),
		FlowLogs:            pick(claim.FlowLogs, conf.FlowLogs, base.FlowLogs, origin),
		RetentionDays:       pick(claim.RetentionDays, conf.RetentionDays, base.RetentionDays, origin),
		DeletionProtection:  pick(claim.DeletionProtection, conf.DeletionProtection, base.DeletionProtection, origin),
		FinalSnapshot:       pick(claim.FinalSnapshot, conf.FinalSnapshot, base.FinalSnapshot, origin),
		ApplyImmediately:    pick(claim.ApplyImmediately, conf.ApplyImmediately, base.ApplyImmediately, origin),
		BackupRetentionDays: pick(claim.BackupRetentionDays, conf.BackupRetentionDays, base.BackupRetentionDays, origin),
		PublicAPI:           pick(claim.PublicAPI, conf.PublicAPI, base.PublicAPI, origin),
		IAMPath:             pick(claim.IAMPath, conf.IAMPath, base.IAMPath, origin),
		PermissionsBoundary: pick(claim.PermissionsBoundary, conf.PermissionsBoundary, base.PermissionsBoundary, origin),
	}, nil
}

func pick[T any](claim, config, builtIn *T, configOrigin Origin) Value[T] {
	switch {
	case claim != nil:
		return Value[T]{V: *claim, Origin: OriginClaim}
	case config != nil:
		return Value[T]{V: *config, Origin: configOrigin}
	default:
		return Value[T]{V: *builtIn, Origin: OriginBuiltIn}
	}
}

// Effective renders the named settings for a claim's status. A kind names only
// those that it acts on.
func (s Settings) Effective(names ...Name) map[string]v1alpha1.EffectiveSetting {
	all := s.rendered()
	out := make(map[string]v1alpha1.EffectiveSetting, len(names))
	for _, n := range names {
		out[string(n)] = all[n]
	}
	return out
}

func (s Settings) rendered() map[Name]v1alpha1.EffectiveSetting {
	return map[Name]v1alpha1.EffectiveSetting{
		KMS:                 onOff(s.KMS),
		WAF:                 onOff(s.WAF),
		MultiAZ:             onOff(s.MultiAZ),
		NATGateways:         words(s.NATGateways),
		VPCEndpoints:        onOff(s.VPCEndpoints),
		FlowLogs:            onOff(s.FlowLogs),
		RetentionDays:       number(s.RetentionDays),
		DeletionProtection:  onOff(s.DeletionProtection),
		FinalSnapshot:       onOff(s.FinalSnapshot),
		ApplyImmediately:    onOff(s.ApplyImmediately),
		BackupRetentionDays: number(s.BackupRetentionDays),
		PublicAPI:           onOff(s.PublicAPI),
		IAMPath:             words(s.IAMPath),
		PermissionsBoundary: words(s.PermissionsBoundary),
	}
}

func onOff(v Value[bool]) v1alpha1.EffectiveSetting {
	text := "off"
	if v.V {
		text = "on"
	}
	return v1alpha1.EffectiveSetting{Value: text, Origin: string(v.Origin)}
}

func number(v Value[int32]) v1alpha1.EffectiveSetting {
	return v1alpha1.EffectiveSetting{Value: strconv.Itoa(int(v.V)), Origin: string(v.Origin)}
}

// words of a setting, and none where it has none.
func words[T ~string](v Value[T]) v1alpha1.EffectiveSetting {
	return v1alpha1.EffectiveSetting{Value: cmp.Or(string(v.V), "none"), Origin: string(v.Origin)}
}
