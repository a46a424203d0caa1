package simulation

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// canary stands for every secret that a function is shown. No answer may hold it.
const canary = "a-secret-that-nobody-may-tell"

// details are the connection details of whatever is observed or required.
func details() map[string][]byte {
	return map[string][]byte{"password": []byte(canary), "kubeconfig": []byte(canary)}
}

// plant canaries in what the provider answered: in a field for each kind of secret
// that AWS knows, beside those that the resource has.
func plant(resource *structpb.Struct) {
	at := resource.GetFields()["status"].GetStructValue().GetFields()["atProvider"].GetStructValue().GetFields()
	if at == nil {
		return
	}
	secret := structpb.NewStringValue(canary)
	for _, field := range []string{"password", "masterPassword", "masterUserPassword", "authToken", "token", "secretString", "secretAccessKey", "kubeconfig"} {
		at[field] = secret
	}
	at["passwords"] = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{secret}})
}

// quiet fails on an answer that holds a canary, as it is or as a Secret has it.
func quiet(rsp *fnv1.RunFunctionResponse) error {
	raw, err := proto.Marshal(rsp)
	if err != nil {
		return fmt.Errorf("cannot marshal the answer: %w", err)
	}
	for _, secret := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary))} {
		if before, _, told := bytes.Cut(raw, []byte(secret)); told {
			return fmt.Errorf("the answer tells a secret, after %q", before[max(0, len(before)-80):])
		}
	}
	return nil
}
