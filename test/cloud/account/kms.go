package account

import (
	"github.com/ausmart/platform/test/cloud/catalog"
)

func kms(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "kms", Kind: kind} }

// kmsModels follows the KMS API reference.
func kmsModels() map[catalog.GroupKind]model {
	return map[catalog.GroupKind]model{
		kms("Key"): {
			label: "KMS Key", service: "KMS", create: "CreateKey", describe: "DescribeKey", update: "UpdateKeyDescription", remove: "ScheduleKeyDeletion",
			immutable: []string{"customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"},
			schedules: true,
			identify:  func(_ view, r *Resource, n int) string { return uuidOf(r.Kind, r.Name, n) },
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{
					"keyId": r.ID, "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": true, "multiRegion": false,
				}
			},
		},
		kms("Alias"): {
			label: "KMS Alias", service: "KMS", create: "CreateAlias", describe: "ListAliases", update: "UpdateAlias", remove: "DeleteAlias",
			needs: []need{{
				field: "targetKeyId", kinds: []catalog.GroupKind{kms("Key")}, code: "NotFoundException", message: "Key '%s' does not exist",
			}},
			attributes: func(v view, r *Resource) map[string]any {
				return map[string]any{
					"id": "alias/" + r.ID, "targetKeyArn": v.find(kms("Key"), r.Region, r.text("targetKeyId")).text("arn"),
				}
			},
		},
	}
}
