// Package account is a model of one AWS account: which resources exist, what AWS would refuse, and
// what it would report.
//
// It keeps its state in memory and, when asked, in a journal file, so that a killed process loses
// nothing. It knows nothing of Kubernetes, uses no network and never contacts AWS.
package account
