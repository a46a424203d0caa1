package settings

import "github.com/ausmart/platform/apis/v1alpha1"

// BuiltIn returns the platform's own values for an environment; every field of
// the layer is set. It is the table that the platform promises:
//
//	setting                      dev     staging  prod
//	kms                          off     off      on
//	waf                          off     on       on
//	multiAZ                      off     off      on
//	natGateways                  Single  Single   PerZone
//	vpcEndpoints                 off     off      on
//	flowLogs                     off     off      on
//	retentionDays                14      30       90
//	deletionProtection           off     off      on
//	finalSnapshot                off     off      on
//	applyImmediately             on      on       off
//	backupRetentionDays          1       7        30
//	publicAPI                    on      off      off
//	iamPath                      /       /        /
//	permissionsBoundary          none    none     none
func BuiltIn(env v1alpha1.Environment) (Layer, bool) {
	off, on := false, true
	single, perZone := v1alpha1.NATGatewaySingle, v1alpha1.NATGatewayPerZone
	root, none := v1alpha1.IAMPathRoot, v1alpha1.PolicyARN("")

	// Small and cheap: what costs by the hour is off.
	dev := Layer{
		KMS:                 &off,
		WAF:                 &off,
		MultiAZ:             &off,
		NATGateways:         &single,
		VPCEndpoints:        &off,
		FlowLogs:            &off,
		RetentionDays:       new(int32(14)),
		DeletionProtection:  &off,
		FinalSnapshot:       &off,
		ApplyImmediately:    &on,
		BackupRetentionDays: new(int32(1)),
		PublicAPI:           &on,
		IAMPath:             &root,
		PermissionsBoundary: &none,
	}

	switch env {
	case v1alpha1.EnvironmentDev:
		return dev, true

	case v1alpha1.EnvironmentStaging:
		// Dev, with prod's front door and time to look back.
		staging := dev
		staging.WAF = &on
		staging.RetentionDays = new(int32(30))
		staging.BackupRetentionDays = new(int32(7))
		staging.PublicAPI = &off
		return staging, true

	case v1alpha1.EnvironmentProd:
		return Layer{
			KMS:                 &on,
			WAF:                 &on,
			MultiAZ:             &on,
			NATGateways:         &perZone,
			VPCEndpoints:        &on,
			FlowLogs:            &on,
			RetentionDays:       new(int32(90)),
			DeletionProtection:  &on,
			FinalSnapshot:       &on,
			ApplyImmediately:    &off,
			BackupRetentionDays: new(int32(30)),
			PublicAPI:           &off,
			IAMPath:             &root,
			PermissionsBoundary: &none,
		}, true
	}
	return Layer{}, false
}
