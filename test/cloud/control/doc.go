// Package control is the API by which a test talks to a running simulator: to list what exists, to
// make calls fail, to change resources without Kubernetes.
//
// It holds the client and the server, which speak HTTP over a socket file, so curl --unix-socket
// works. It changes the account that it is given, and never a Kubernetes object.
//
//	GET    /inventory   what exists and existed, in order
//	GET    /faults      the faults and how often each one struck
//	POST   /faults      fail calls: {"kind":"ec2/VPC","operation":"create","code":"VpcLimitExceeded","times":3}
//	POST   /delays      hold back effects: {"kind":"ec2/NATGateway","operation":"create","duration":"5s"}
//	DELETE /faults      no more faults and delays
//	POST   /drift       change fields: {"kind":"ec2/Subnet","name":"...","fields":{"mapPublicIpOnLaunch":true}}
//	POST   /lose        delete a resource: {"kind":"ec2/VPC","name":"..."}
package control
