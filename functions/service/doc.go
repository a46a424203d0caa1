// Package service composes a Service: a workload in a cluster, with its network policies,
// its autoscaler and its ingress, and the resources that it needs in AWS.
//
// It reads the XService, the EnvironmentConfig of its environment, the composites
// of the Cluster and the Databases that it names, and the composed resources that
// exist. It writes managed resources of provider-aws, Objects of
// provider-kubernetes, Usages, and the XService's status and conditions. It never
// calls AWS or a cluster, never writes a secret, and never drops a queue or a
// repository unless the claim asks for it.
//
//	compose.go     the order of the parts below
//	service.go     what they share
//	references.go  what it reads of the cluster and the databases
//	database.go    a database that the service uses
//	state.go       what exists
//	identity.go    names and labels
//	env.go         environment variables, and where their values come from
//	iam.go         the role, and exactly what it may do
//	queues.go      SQS queues with their dead-letter queues
//	repository.go  the ECR repository
//	objects.go     how manifests get into the cluster
//	namespace.go   namespace and service account
//	secrets.go     mounted secrets
//	workload.go    the Deployment
//	pod.go         its pods
//	scaling.go     autoscaler and disruption budget
//	policies.go    which connections are allowed
//	traffic.go     Service and Ingress
//	host.go        a host belongs to one service of the cluster
//	ingress.go     the load balancer: who may connect, and to what
//	removal.go     what may be removed, and in which order
//	status.go      what the claim reports
package service
