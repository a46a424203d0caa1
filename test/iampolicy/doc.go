// Package iampolicy derives from the kinds that the functions compose what the role of the AWS providers must be allowed in AWS, and which
// kinds Crossplane has to activate.
//
// It holds one table: each kind of AWS with the IAM actions that it takes, and where each comes from. From that it writes the policies in
// docs/iam. It translates the requests that the real provider sent in make e2e-aws into IAM actions, to hold the table against them. It
// reads the functions' goldens only in tests, and never asks AWS.
package iampolicy
