package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Limits of AWS and Kubernetes in this file, each read 2026-11-30:
//
//	queues                  their names: functions/service/queues.go
//	databases, queues       16 each: a role's policies have 10,240 characters
//	                        (functions/service/iam.go)
//	resources.cpu           1m is the least (Resource Management for Pods and Containers)
//	probes, metricsPath     a health check's path (TargetGroup API of Elastic Load Balancing)
//	ingress.host            128 characters (HostHeaderConditionConfig API of Elastic Load Balancing)
//	allowFrom               values of a label, which are names of services (Service API of Kubernetes)

// ServiceSpec is the workload that a claim asks for.
// +kubebuilder:validation:XValidation:rule="!has(self.env) || self.env.all(e, !has(e.from) || ((has(e.from.database) && has(self.databases) && self.databases.exists(d, d.name == e.from.database)) || (has(e.from.queue) && has(self.queues) && self.queues.exists(q, q.name == e.from.queue))))",message="env[].from must name an entry of databases or queues",fieldPath=".env"
// +kubebuilder:validation:XValidation:rule="has(self.__namespace__) == has(oldSelf.__namespace__) && (!has(self.__namespace__) || self.__namespace__ == oldSelf.__namespace__)",message="namespace cannot change: create a new claim and move over to it",fieldPath=".namespace"
type ServiceSpec struct {
	CommonSpec    `json:",inline"`
	IAMSpec       `json:",inline"`
	ReferenceSpec `json:",inline"`

	// ClusterRef names the Cluster claim that runs the service. It cannot change
	// once set.
	// +kubebuilder:validation:XValidation:rule="self.name == oldSelf.name",message="clusterRef cannot change: create a new claim on the other cluster and move over to it"
	ClusterRef LocalReference `json:"clusterRef"`

	// Namespace in the cluster, which several services may share. Leaving it out
	// takes the claim's name. It cannot change once the service exists.
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",message="must be lower-case letters, digits and -, and neither start nor end with -"
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// Image with a tag or digest. latest is refused: a rollback needs a name.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="(self.contains('@sha256:') || self.matches('^.+:[^:/]+$')) && !self.endsWith(':latest')",message="image needs a tag other than latest, or a digest"
	// +kubebuilder:validation:XValidation:rule="self.matches('^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9._/-]+(:[A-Za-z0-9_][A-Za-z0-9._-]*)?(@sha256:[a-f0-9]{64})?$')",message="image must be a name that a registry takes: a path of lower-case letters and digits, then :TAG, or @sha256: and 64 digits, such as ghcr.io/acme/shop:v1"
	Image string `json:"image"`

	// Port that the container listens on.
	// +kubebuilder:default=8080
	// +kubebuilder:validation:Minimum=1024
	// +kubebuilder:validation:Maximum=65535
	// +optional
	Port int32 `json:"port,omitempty"`

	// Replicas that the autoscaler chooses between.
	// +optional
	Replicas *Replicas `json:"replicas,omitempty"`

	// Resources of each replica.
	// +optional
	Resources *ServiceResources `json:"resources,omitempty"`

	// Databases names the Database claims of this namespace that the service uses.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=name
	// +optional
	Databases []LocalReference `json:"databases,omitempty"`

	// Queues are SQS queues of the service's own, each with a dead-letter queue, whose name ends in
	// -dead-letters.
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule="self.all(q, !self.exists(p, q.name == p.name + '-dead-letters'))",message="a queue has the name of another one's dead-letter queue, which is the other's name with -dead-letters behind it: choose another name"
	// +listType=map
	// +listMapKey=name
	// +optional
	Queues []Queue `json:"queues,omitempty"`

	// Env are the container's environment variables. Never put a secret here:
	// secrets are mounted as files.
	// +kubebuilder:validation:MaxItems=64
	// +listType=map
	// +listMapKey=name
	// +optional
	Env []EnvVar `json:"env,omitempty"`

	// Ingress makes the service reachable from outside the cluster, through a load
	// balancer.
	// +optional
	Ingress *Ingress `json:"ingress,omitempty"`

	// AllowFrom names the Service claims of this namespace that may call this one. None: only what
	// the platform needs (load balancer, metrics).
	// +kubebuilder:validation:MaxItems=64
	// +listType=set
	// +optional
	AllowFrom []ServiceName `json:"allowFrom,omitempty"`

	// Spot prefers spot nodes, which are cheaper and can be taken back at two
	// minutes' notice.
	// +kubebuilder:default=false
	// +optional
	Spot bool `json:"spot,omitempty"`

	// Repository makes an ECR repository for the service's image: it is scanned, its
	// tags never move, and old images expire.
	// +kubebuilder:default=false
	// +optional
	Repository bool `json:"repository,omitempty"`

	// DeletionProtection refuses the deletion of the claim while it has queues or a repository,
	// and of each of those. To delete a protected claim, first set it to false. Leaving it out
	// takes the environment's value.
	// +optional
	DeletionProtection *bool `json:"deletionProtection,omitempty"`

	// Probes are the paths of the health checks of a replica.
	// +optional
	Probes *Probes `json:"probes,omitempty"`

	// MetricsPath from which the cluster's collector reads Prometheus metrics.
	// +kubebuilder:default=/metrics
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^/[!-~]*$')",message="must be a path, which starts with / and has no spaces"
	// +optional
	MetricsPath string `json:"metricsPath,omitempty"`
}

// A ServiceName is the name of a Service claim: what Kubernetes takes for a service.
// +kubebuilder:validation:MinLength=1
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z]([a-z0-9-]*[a-z0-9])?$')",message="must be the name of a Service claim of this namespace, such as ui: a service of another namespace cannot call this one, except through its ingress"
type ServiceName string

// Probes are answered on the service's port; a status below 400 is a success.
type Probes struct {
	// Live is asked whether the process works; one that does not is restarted.
	// It should check only the process itself.
	// +kubebuilder:default=/livez
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^/[!-~]*$')",message="must be a path, which starts with / and has no spaces"
	// +optional
	Live string `json:"live,omitempty"`

	// Ready is the path that checks whether the replica can take requests; one that cannot gets
	// none. Load balancers use it too.
	// +kubebuilder:default=/readyz
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule="self.matches('^/[!-~]*$')",message="must be a path, which starts with / and has no spaces"
	// +optional
	Ready string `json:"ready,omitempty"`
}

// Replicas bounds the autoscaler.
// +kubebuilder:validation:XValidation:rule="self.min <= self.max",message="replicas.min must not be larger than replicas.max",fieldPath=".min"
type Replicas struct {
	// Min number of replicas.
	// +kubebuilder:default=2
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Min int32 `json:"min,omitempty"`

	// Max number of replicas.
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	Max int32 `json:"max,omitempty"`

	// TargetCPU in percent of the requested CPU.
	// +kubebuilder:default=70
	// +kubebuilder:validation:Minimum=10
	// +kubebuilder:validation:Maximum=95
	// +optional
	TargetCPU int32 `json:"targetCPU,omitempty"`
}

// ServiceResources of each replica, as Kubernetes quantities.
type ServiceResources struct {
	// CPU requested.
	// +kubebuilder:default="100m"
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$') && !self.matches('^[0.]+m?$')",message="must be a quantity of CPU, such as 100m or 0.5: 1m at least"
	// +optional
	CPU string `json:"cpu,omitempty"`

	// Memory requested, which is also the limit.
	// +kubebuilder:default="128Mi"
	// +kubebuilder:validation:MaxLength=16
	// +kubebuilder:validation:XValidation:rule="self.matches('^0*[1-9][0-9]*(Mi|Gi)$')",message="must be a quantity of memory in Mi or Gi, such as 128Mi"
	// +optional
	Memory string `json:"memory,omitempty"`
}

// A Queue is an SQS queue with a dead-letter queue.
type Queue struct {
	// Name of the queue within the service.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=40
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",message="must be lower-case letters, digits and -, and neither start nor end with -"
	Name string `json:"name"`

	// MaxReceiveCount after which a message goes to the dead-letter queue.
	// +kubebuilder:default=5
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	MaxReceiveCount int32 `json:"maxReceiveCount,omitempty"`
}

// An EnvVar is an environment variable with a value or a source of one.
// +kubebuilder:validation:XValidation:rule="has(self.value) != has(self.from)",message="give value or from, and not both"
type EnvVar struct {
	// Name of the variable.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",message="must be a letter or _, then letters, digits and _"
	Name string `json:"name"`

	// Value as the container gets it: $(NAME) stays as it is.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Value *string `json:"value,omitempty"`

	// From takes the value from a database or queue.
	// +optional
	From *EnvSource `json:"from,omitempty"`
}

// EnvField is a field of a database or queue that a variable can take.
// +kubebuilder:validation:Enum=endpoint;readerEndpoint;port;databaseName;tableName;url;readerURL;arn;name;user;secretFile;usernameFile;passwordFile
type EnvField string

// The fields of databases and queues. The scheme of a Redis address shows whether it requires TLS;
// the address never has a login. A secret's fields are paths of mounted files: the value itself is
// only in the container.
const (
	EnvFieldEndpoint       EnvField = "endpoint"
	EnvFieldReaderEndpoint EnvField = "readerEndpoint"
	EnvFieldPort           EnvField = "port"
	EnvFieldDatabaseName   EnvField = "databaseName"
	EnvFieldTableName      EnvField = "tableName"
	EnvFieldURL            EnvField = "url"
	EnvFieldReaderURL      EnvField = "readerURL"
	EnvFieldARN            EnvField = "arn"
	EnvFieldName           EnvField = "name"
	EnvFieldUser           EnvField = "user"
	EnvFieldSecretFile     EnvField = "secretFile"
	EnvFieldUsernameFile   EnvField = "usernameFile"
	EnvFieldPasswordFile   EnvField = "passwordFile"
)

// An EnvSource names a database or queue, and a field of it.
// +kubebuilder:validation:XValidation:rule="has(self.database) != has(self.queue)",message="give database or queue, and not both"
// +kubebuilder:validation:XValidation:rule="!has(self.queue) || self.field in ['url', 'arn', 'name']",message="a queue has url, arn and name"
type EnvSource struct {
	// Database is the name of an entry of spec.databases.
	// +kubebuilder:validation:MaxLength=63
	// +optional
	Database *string `json:"database,omitempty"`

	// Queue is the name of an entry of spec.queues.
	// +kubebuilder:validation:MaxLength=40
	// +optional
	Queue *string `json:"queue,omitempty"`

	// Field to take. A queue has url, arn and name. Every database has arn and name;
	// mysql and postgres have endpoint, port, databaseName, secretFile (JSON with
	// username and password), usernameFile and passwordFile; redis has endpoint,
	// readerEndpoint, port, url, readerURL and, where it logs in with IAM, user; dynamodb
	// has tableName.
	Field EnvField `json:"field"`
}

// Ingress makes a service reachable through an Application Load Balancer.
type Ingress struct {
	// Host name. The default is the load balancer's own name.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]{2,}$')",message="must be a host name with a domain, such as shop.example.com"
	// +optional
	Host string `json:"host,omitempty"`

	// CertificateARN in ACM, of the service's region. With it the load balancer serves HTTPS and
	// redirects HTTP to it.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule="self.matches('^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$')",message="must be the ARN of a certificate in ACM, such as arn:aws:acm:ap-southeast-2:111122223333:certificate/0a1b2c3d"
	// +optional
	CertificateARN string `json:"certificateArn,omitempty"`

	// Internal makes a load balancer that is reachable inside the VPC only. The default is the
	// environment's value.
	// +optional
	Internal *bool `json:"internal,omitempty"`

	// InboundCIDRs are the ranges that may connect to the load balancer; all, unless given. Services
	// with different ranges have different load balancers.
	//
	// A security group has 60 inbound rules, and each range needs one for each of two ports
	// (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, read 2026-11).
	// +kubebuilder:validation:MaxItems=30
	// +listType=set
	// +optional
	InboundCIDRs []CIDR `json:"inboundCIDRs,omitempty"`

	// HiddenPaths are not for the outside, such as /actuator: the load balancer answers 404 for
	// them, and for what is below them. The path of the metrics is always hidden.
	//
	// Each is a rule of the load balancer, which has 100
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html, read 2026-11).
	// +kubebuilder:validation:MaxItems=20
	// +listType=set
	// +optional
	HiddenPaths []URLPath `json:"hiddenPaths,omitempty"`
}

// A URLPath is the path of a URL that a load balancer can compare: a pattern of 128 characters, of
// which two are for what is below it (docs.aws.amazon.com/elasticloadbalancing/latest/application,
// rule condition types, read 2026-11).
// +kubebuilder:validation:MaxLength=126
// +kubebuilder:validation:XValidation:rule="self.matches('^(/[A-Za-z0-9_.$~@:+&-]+)+$')",message="must be a path without wildcards and without / at its end, such as /actuator"
type URLPath string

// ServiceStatus is what exists.
type ServiceStatus struct {
	CommonStatus `json:",inline"`

	// URL of the ingress, or the address within the cluster.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	URL string `json:"url,omitempty"`

	// Image that the service runs.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Image string `json:"image,omitempty"`

	// ReadyReplicas of the workload.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	// +optional
	ReadyReplicas int32 `json:"readyReplicas,omitempty"`

	// RoleARN of the IAM role of the pods.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	RoleARN string `json:"roleArn,omitempty"`

	// RepositoryURL of the ECR repository.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	RepositoryURL string `json:"repositoryURL,omitempty"`

	// Queues' URLs by name.
	// +kubebuilder:validation:MaxProperties=16
	// +optional
	Queues map[string]QueueURL `json:"queues,omitempty"`
}

// A QueueURL is the address of an SQS queue.
// +kubebuilder:validation:MaxLength=512
type QueueURL string

// A Service is a running, secured workload and its resources in AWS. Use its short name app with
// kubectl: service is Kubernetes' own kind.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=services,shortName=app,categories=platform
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="STATUS",type="string",JSONPath=".status.conditions[?(@.type=='ServiceReady')].reason"
// +kubebuilder:printcolumn:name="ENVIRONMENT",type="string",JSONPath=".spec.environment"
// +kubebuilder:printcolumn:name="IMAGE",type="string",JSONPath=".status.image"
// +kubebuilder:printcolumn:name="REPLICAS",type="integer",JSONPath=".status.readyReplicas"
// +kubebuilder:printcolumn:name="URL",type="string",JSONPath=".status.url"
// +kubebuilder:printcolumn:name="COST",type="string",JSONPath=".status.estimatedMonthlyCost.total"
// +kubebuilder:printcolumn:name="WAITING-FOR",type="string",JSONPath=".status.waitingFor",priority=1
type Service struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Spec is the workload that the claim asks for.
	Spec ServiceSpec `json:"spec"`

	// Status is what exists.
	// +optional
	Status ServiceStatus `json:"status,omitempty"`
}

// A ServiceList is a list of services.
// +kubebuilder:object:root=true
type ServiceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Service `json:"items"`
}
