package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An Environment names a claim's set of defaults.
// +kubebuilder:validation:Enum=dev;staging;prod
type Environment string

// The environments. Their meaning is the table in functions/internal/settings.
const (
	EnvironmentDev     Environment = "dev"
	EnvironmentStaging Environment = "staging"
	EnvironmentProd    Environment = "prod"
)

// RetentionDays is a number of days that CloudWatch Logs can keep logs for. It
// accepts no other numbers (PutRetentionPolicy API, read 2026-11).
// +kubebuilder:validation:Enum=1;3;5;7;14;30;60;90;120;150;180;365;400;545;731;1096;1827;2192;2557;2922;3288;3653
type RetentionDays int32

// CommonSpec holds the fields that place a claim in an environment, a region and an
// account. Every claim has them.
type CommonSpec struct {
	// Environment selects the defaults: dev is small and cheap, staging is dev
	// with a firewall and longer retention, prod is encrypted, redundant and
	// protected from deletion.
	Environment Environment `json:"environment"`

	// Region is the AWS region. Leaving it out takes that of the claim that this one names, and
	// ap-southeast-2 where it names none. It cannot change once something exists.
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]{2,4}(-[a-z]+)+-[1-9]$')",message="must be an AWS region, such as ap-southeast-2"
	// +kubebuilder:validation:MaxLength=20
	// +optional
	Region string `json:"region,omitempty"`

	// ProviderConfigName is the ProviderConfig of provider-aws for the resources, and so their AWS
	// account. Leaving it out takes that of the claim that this one names, and default where it
	// names none. It cannot change.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ProviderConfigName string `json:"providerConfigName,omitempty"`

	// AWS takes 50 tags on a resource; the platform and its provider set up to ten. The characters
	// and lengths are IAM's, which takes the fewest and compares keys without case (TagRole and
	// Tag in the IAM API reference, read 2026-11-30).

	// Tags are set on every AWS resource that can have tags. The platform's own tags (Name, and
	// those under ausmart.io/) take precedence. Keys and values have letters, digits, spaces and
	// _ . : / = + - @, and no two keys are the same without case.
	// +kubebuilder:validation:MaxProperties=40
	// +kubebuilder:validation:XValidation:rule="self.all(k, !k.lowerAscii().startsWith('aws:'))",message="tag keys that start with aws: are reserved by AWS: choose another key"
	// +kubebuilder:validation:XValidation:rule="self.all(k, size(k) >= 1 && size(k) <= 128)",message="a tag key has 1 to 128 characters: shorten it"
	// +kubebuilder:validation:XValidation:rule=`self.all(k, k.matches(r'^[\p{L}\p{Z}\p{N}_.:/=+@-]*$'))`,message="a tag key can have letters, digits, spaces and _ . : / = + - @, as in IAM: remove other characters"
	// +kubebuilder:validation:XValidation:rule="self.all(k, self.exists_one(o, k.lowerAscii() == o.lowerAscii()))",message="IAM compares tag keys without case: keep one spelling of each",messageExpression="'IAM compares tag keys without case: keep one spelling of ' + self.filter(k, !self.exists_one(o, k.lowerAscii() == o.lowerAscii()))[0].lowerAscii()"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k == 'Name' || k.lowerAscii() != 'name')",message="IAM compares tag keys without case, and the platform sets Name: write Name, or choose another key"
	// +kubebuilder:validation:XValidation:rule="self.all(k, k == k.lowerAscii() || !k.lowerAscii().startsWith('ausmart.io/'))",message="tag keys under ausmart.io/ are the platform's: choose another key"
	// +optional
	Tags map[string]TagValue `json:"tags,omitempty"`
}

// A TagValue is the value of an AWS tag: 256 characters at most.
// +kubebuilder:validation:MaxLength=256
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^[\p{L}\p{Z}\p{N}_.:/=+@-]*$')`,message="a tag value can have letters, digits, spaces and _ . : / = + - @, as in IAM: remove other characters"
type TagValue string

// IAMSpec holds the fields of claims that are made of IAM roles, among others.
type IAMSpec struct {
	// IAMPath of the IAM roles and instance profiles, such as /ausmart/, so that policies can name
	// them all. AWS cannot move a role: an existing one keeps its path. The default is the
	// environment's value.
	// +optional
	IAMPath *IAMPath `json:"iamPath,omitempty"`

	// PermissionsBoundary is the ARN of an IAM policy: no role can do more than it allows. The
	// default is the environment's value.
	// +optional
	PermissionsBoundary *PolicyARN `json:"permissionsBoundary,omitempty"`
}

// An IAMPath is the path of a role in IAM (CreateRole API, read 2026-11-30). IAM also accepts *, ?
// and $, but in a policy that names the role, they have a special meaning.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=512
// +kubebuilder:validation:XValidation:rule="self.matches('^/([!-#%-)+->@-~]+/)?$')",message="must start and end with /, such as /ausmart/, and have no spaces, *, ? or $"
type IAMPath string

// IAMPathRoot is the path of a role without one.
const IAMPathRoot IAMPath = "/"

// A PolicyARN is the ARN of an IAM policy.
// +kubebuilder:validation:MaxLength=2048
// +kubebuilder:validation:XValidation:rule="self.matches('^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]+$')",message="must be the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary"
type PolicyARN string

// A Toggle switches a feature on or off. The default is the environment's value.
type Toggle struct {
	// Enabled overrides the environment's value.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
}

// A LocalReference names another claim in the same namespace.
type LocalReference struct {
	// Name of the claim.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",message="must be the name of a claim of this namespace: lower-case letters, digits, - and ."
	Name string `json:"name"`
}

// ReferenceSpec holds the fields of claims that name other claims.
//
// Earlier schemas stored ap-southeast-2 and default in claims that said nothing: those may go to
// what they refer to has. The function refuses every other value.
// +kubebuilder:validation:XValidation:rule="!has(self.region) || !has(oldSelf.region) || self.region == oldSelf.region || oldSelf.region == 'ap-southeast-2'",message="region cannot change: create a new claim in the other region and move over to it",fieldPath=".region"
// +kubebuilder:validation:XValidation:rule="!has(self.providerConfigName) || !has(oldSelf.providerConfigName) || self.providerConfigName == oldSelf.providerConfigName || oldSelf.providerConfigName == 'default'",message="providerConfigName cannot change, since another one may be another AWS account, where nothing of this exists: change the ProviderConfig itself, or create a new claim",fieldPath=".providerConfigName"
type ReferenceSpec struct {
	// AllowCrossEnvironment allows the claim to name claims of another environment, such as a dev
	// service a prod database. The default is false.
	// +optional
	AllowCrossEnvironment *bool `json:"allowCrossEnvironment,omitempty"`
}

// CommonStatus has the status fields of every claim.
type CommonStatus struct {
	// Conditions of the resource.
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// Environment that the resources were last composed for.
	// +optional
	Environment Environment `json:"environment,omitempty"`

	// Region that the resources are in: the claim's own, or that of the claim that it names.
	// +kubebuilder:validation:MaxLength=20
	// +optional
	Region string `json:"region,omitempty"`

	// ProviderConfigName of the resources: the claim's own, or that of the claim that it names.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	ProviderConfigName string `json:"providerConfigName,omitempty"`

	// WaitingFor names what is pending in a few words. It is empty when nothing
	// is.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	WaitingFor string `json:"waitingFor,omitempty"`

	// Settings are the effective values of the environment's settings, by
	// name, each with its origin.
	// +kubebuilder:validation:MaxProperties=32
	// +optional
	Settings map[string]EffectiveSetting `json:"settings,omitempty"`

	// EstimatedMonthlyCost of the resources at list price, before usage.
	// +optional
	EstimatedMonthlyCost *Cost `json:"estimatedMonthlyCost,omitempty"`
}

// An EffectiveSetting is a setting's value and its origin.
type EffectiveSetting struct {
	// Value in use.
	// +kubebuilder:validation:MaxLength=2048
	Value string `json:"value"`

	// Origin of the value: the claim, an EnvironmentConfig (with its name), the
	// values built into the platform, or kept: what exists, where another value is
	// refused.
	// +kubebuilder:validation:MaxLength=300
	Origin string `json:"origin"`
}

// A Cost is an amount of money for a month of 730 hours.
type Cost struct {
	// Currency as ISO 4217 code.
	// +kubebuilder:validation:Pattern=`^[A-Z]{3}$`
	Currency string `json:"currency"`

	// Total of all lines, a decimal number.
	// +kubebuilder:validation:MaxLength=32
	Total string `json:"total"`

	// Lines that make up the total.
	// +kubebuilder:validation:MaxItems=64
	// +optional
	Lines []CostLine `json:"lines,omitempty"`
}

// A CostLine is the part of a cost for one kind of item.
type CostLine struct {
	// Item of the cost, such as "NAT gateway, hours".
	// +kubebuilder:validation:MaxLength=128
	Item string `json:"item"`

	// Quantity of the item in its unit, a decimal number.
	// +kubebuilder:validation:MaxLength=32
	Quantity string `json:"quantity"`

	// Amount in the cost's currency, a decimal number.
	// +kubebuilder:validation:MaxLength=32
	Amount string `json:"amount"`
}
