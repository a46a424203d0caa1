// Package account is a model of one AWS account: which resources exist, what AWS would refuse, and what it would report.
//
// It keeps its truth in memory and, when asked, in a journal file, so that a process that is killed loses nothing. It knows
// nothing of Kubernetes, talks to no network and never contacts AWS.
package account
