// Package iampolicy derives from the composed kinds the IAM permissions of the AWS providers' role,
// and the kinds that Crossplane has to activate.
//
// It has one table: each kind of AWS with the IAM actions that it needs, and their sources. From
// that it writes the policies in docs/iam. It translates the real provider's requests in make
// e2e-aws into IAM actions, and compares the table with them. It reads the functions' goldens only
// in tests, and never contacts AWS.
package iampolicy
