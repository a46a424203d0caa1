package functiontest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// canary stands for every secret that a function is given. No answer may hold it.
const canary = "a-secret-that-no-one-may-tell"

// canaries are the canary as it is, and as a Secret has it.
func canaries() [2]string {
	return [2]string{canary, base64.StdEncoding.EncodeToString([]byte(canary))}
}

// details are the connection details of everything that is observed or required.
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

// quiet fails on an answer that holds a canary. Composed resources are read value by
// value, since to marshal them costs more than to compose them; all else is marshaled.
func quiet(rsp *fnv1.RunFunctionResponse) error {
	secrets := canaries()
	for name, r := range rsp.GetDesired().GetResources() {
		if err := quietValue(structpb.NewStructValue(r.GetResource()), secrets); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, detail := range r.GetConnectionDetails() {
			if err := quietText(string(detail), secrets); err != nil {
				return fmt.Errorf("connection details of %s: %w", name, err)
			}
		}
	}
	raw, err := proto.Marshal(withoutResources(rsp))
	if err != nil {
		return fmt.Errorf("cannot marshal the answer: %w", err)
	}
	for _, secret := range secrets {
		if before, _, told := bytes.Cut(raw, []byte(secret)); told {
			return fmt.Errorf("the answer tells a secret, after %q", before[max(0, len(before)-80):])
		}
	}
	return nil
}

func quietValue(v *structpb.Value, secrets [2]string) error {
	switch v := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		return quietText(v.StringValue, secrets)
	case *structpb.Value_ListValue:
		for _, e := range v.ListValue.GetValues() {
			if err := quietValue(e, secrets); err != nil {
				return err
			}
		}
	case *structpb.Value_StructValue:
		for k, e := range v.StructValue.GetFields() {
			if err := errors.Join(quietText(k, secrets), quietValue(e, secrets)); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
		}
	}
	return nil
}

func quietText(text string, secrets [2]string) error {
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			return errors.New("the answer tells a secret")
		}
	}
	return nil
}
