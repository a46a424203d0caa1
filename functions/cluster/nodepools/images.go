package nodepools

// An Image of nodes. A node of another one has drifted, and Karpenter replaces it as fast
// as the pool's budgets allow.
type Image struct {
	family string
	term   amiTerm
}

// pinned is the release of Amazon Linux 2023 for EKS that prod's nodes have. One release
// has images of all Kubernetes versions in support. A release of the platform moves it:
// the newest one that has run in dev for a week. Source: releases of
// github.com/awslabs/amazon-eks-ami as public Karpenter configurations of October 2026
// name them, with images of 1.35 and 1.36; second-hand, read 2026-11.
const pinned = "v20260930"

// Pinned is the image that was tried before: production gets no other one overnight.
func Pinned() Image { return Image{term: amiTerm{Alias: "al2023@" + pinned}} }

// Newest is the newest image for the cluster's version, from the day on which AWS
// publishes it: that is how security fixes get in.
func Newest() Image { return Image{term: amiTerm{Alias: "al2023@latest"}} }

// Of a Kubernetes version that is not the control plane's, which an alias always follows:
// the nodes of a cluster that goes back go first
// (docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html, read 2026-11).
func Of(version, architecture string) Image {
	arch := map[string]string{"amd64": "x86_64"}[architecture]
	if arch == "" {
		arch = architecture
	}
	return Image{
		family: "AL2023",
		term:   amiTerm{SSMParameter: "/aws/service/eks/optimized-ami/" + version + "/amazon-linux-2023/" + arch + "/standard/recommended/image_id"},
	}
}
