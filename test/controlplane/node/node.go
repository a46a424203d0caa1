// Package node simulates the scheduler and the kubelets of a cluster without machines: it registers
// a node in each of three zones, binds every pod to one of them and reports that its containers
// run. No image is pulled and nothing is executed.
//
// It reads pods that the API server has admitted, and writes nodes, bindings and the status of
// pods. It respects a pod's node selector and the node of a DaemonSet's pod, and spreads the pods
// of one owner; it ignores capacity, taints and other affinity.
package node

import (
	"context"
	"fmt"
	"hash/fnv"
	"log"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// poll is how often pods are listed. A list from the API server's cache is cheaper than a cache here.
const poll = 300 * time.Millisecond

// A control plane of nodes.
type nodes struct {
	client  client.Client
	cluster string
	all     []*corev1.Node
}

// Start registers the nodes of a cluster and simulates them until stop is called.
func Start(config *rest.Config, cluster, region string) (stop func(), err error) {
	c, err := client.New(config, client.Options{})
	if err != nil {
		return func() {}, fmt.Errorf("cannot simulate the nodes of %s: %w", cluster, err)
	}
	n := &nodes{client: c, cluster: cluster}
	for _, zone := range []string{"a", "b", "c"} {
		n.all = append(n.all, newNode(cluster, region, region+zone))
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.run(ctx)
	}()
	return func() { cancel(); <-done }, nil
}

func (n *nodes) run(ctx context.Context) {
	log.Printf("this simulates scheduler and kubelets: the pods of %s are objects, no container runs", n.cluster)
	logged := ""
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		err := n.reconcile(ctx)
		if err == nil {
			logged = ""
		} else if ctx.Err() == nil && err.Error() != logged {
			logged = err.Error()
			log.Printf("nodes of %s: %v", n.cluster, err)
		}
	}, poll)
}

func (n *nodes) reconcile(ctx context.Context) error {
	if err := n.register(ctx); err != nil {
		return err
	}
	pods := &corev1.PodList{}
	if err := n.client.List(ctx, pods, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: "0"}}); err != nil {
		return fmt.Errorf("cannot list pods: %w", err)
	}
	load := loads(pods.Items)
	for i := range pods.Items {
		if err := client.IgnoreNotFound(n.advance(ctx, &pods.Items[i], load)); err != nil {
			return fmt.Errorf("cannot simulate pod %s/%s: %w", pods.Items[i].Namespace, pods.Items[i].Name, err)
		}
	}
	return nil
}

// advance a pod to its next state.
func (n *nodes) advance(ctx context.Context, pod *corev1.Pod, load map[share]int) error {
	switch {
	case pod.DeletionTimestamp != nil && pod.Spec.NodeName != "":
		return n.client.Delete(ctx, pod, client.GracePeriodSeconds(0), client.Preconditions{UID: &pod.UID})
	case pod.Spec.NodeName == "":
		// Started in the same poll: provider-kubernetes reads a new Deployment one second after it
		// created it, and again 30 seconds later.
		if bound, err := n.bind(ctx, pod, load); !bound || err != nil {
			return err
		}
		return n.start(ctx, pod)
	case !running(pod):
		return n.start(ctx, pod)
	}
	return nil
}

func (n *nodes) start(ctx context.Context, pod *corev1.Pod) error {
	return n.client.Status().Patch(ctx, started(pod), client.MergeFrom(pod))
}

func (n *nodes) bind(ctx context.Context, pod *corev1.Pod, load map[share]int) (bound bool, err error) {
	node := choose(n.all, pod, load)
	if node == "" {
		return false, nil // It stays Pending, as without such a machine.
	}
	load[share{owner(pod), node}]++
	binding := &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	}
	err = n.client.SubResource("binding").Create(ctx, pod.DeepCopy(), binding) // The response would overwrite the pod.
	return err == nil, client.IgnoreAlreadyExists(err)
}

// register the missing nodes.
func (n *nodes) register(ctx context.Context) error {
	found := &corev1.NodeList{}
	if err := n.client.List(ctx, found, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: "0"}}); err != nil {
		return fmt.Errorf("cannot list nodes: %w", err)
	}
	for _, node := range n.all {
		i := slices.IndexFunc(found.Items, func(f corev1.Node) bool { return f.Name == node.Name })
		if i < 0 {
			if err := client.IgnoreAlreadyExists(n.client.Create(ctx, node.DeepCopy())); err != nil {
				return fmt.Errorf("cannot register node %s: %w", node.Name, err)
			}
			continue
		}
		if len(found.Items[i].Status.Conditions) > 0 {
			continue
		}
		ready := found.Items[i].DeepCopy()
		ready.Status = node.Status
		if err := n.client.Status().Patch(ctx, ready, client.MergeFrom(&found.Items[i])); err != nil {
			return fmt.Errorf("cannot report node %s ready: %w", node.Name, err)
		}
	}
	return nil
}

func newNode(cluster, region, zone string) *corev1.Node {
	name := cluster + "-" + zone
	room := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("64"), corev1.ResourceMemory: resource.MustParse("256Gi"), corev1.ResourcePods: resource.MustParse("250"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64",
			corev1.LabelTopologyZone: zone, corev1.LabelTopologyRegion: region,
		}},
		Status: corev1.NodeStatus{
			Capacity: room, Allocatable: room,
			Conditions: []corev1.NodeCondition{{
				Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "Simulated", Message: "there is no machine", LastTransitionTime: metav1.Now(),
			}},
		},
	}
}

// A share is the key for the number of an owner's pods on a node.
type share struct{ owner, node string }

func loads(pods []corev1.Pod) map[share]int {
	load := map[share]int{}
	for i := range pods {
		if pods[i].Spec.NodeName != "" {
			load[share{owner(&pods[i]), pods[i].Spec.NodeName}]++
		}
	}
	return load
}

func owner(pod *corev1.Pod) string {
	if ref := metav1.GetControllerOf(pod); ref != nil {
		return string(ref.UID)
	}
	return ""
}

// choose the node with the fewest of the owner's pods; it is empty when no node suits the pod.
func choose(all []*corev1.Node, pod *corev1.Pod, load map[share]int) string {
	best := ""
	for _, node := range all {
		if !suits(node, pod) {
			continue
		}
		if best == "" || load[share{owner(pod), node.Name}] < load[share{owner(pod), best}] {
			best = node.Name
		}
	}
	return best
}

func suits(node *corev1.Node, pod *corev1.Pod) bool {
	for key, value := range pod.Spec.NodeSelector {
		if node.Labels[key] != value {
			return false
		}
	}
	names := targetNodes(pod)
	return len(names) == 0 || slices.Contains(names, node.Name)
}

// targetNodes are the nodes in the affinity of a DaemonSet's pod.
func targetNodes(pod *corev1.Pod) []string {
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	var names []string
	for _, term := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, field := range term.MatchFields {
			if field.Key == metav1.ObjectNameField {
				names = append(names, field.Values...)
			}
		}
	}
	return names
}

func running(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// started is the pod with all its containers running and ready.
func started(pod *corev1.Pod) *corev1.Pod {
	p, now := pod.DeepCopy(), metav1.Now()
	p.Status.Phase, p.Status.StartTime, p.Status.PodIP = corev1.PodRunning, &now, address(pod)
	p.Status.PodIPs = []corev1.PodIP{{IP: p.Status.PodIP}}
	conditions := map[corev1.PodConditionType]corev1.PodCondition{}
	for _, c := range p.Status.Conditions {
		conditions[c.Type] = c
	}
	for _, t := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady} {
		conditions[t] = corev1.PodCondition{Type: t, Status: corev1.ConditionTrue, LastTransitionTime: now}
	}
	p.Status.Conditions = nil
	for _, t := range slices.Sorted(maps.Keys(conditions)) {
		p.Status.Conditions = append(p.Status.Conditions, conditions[t])
	}
	p.Status.ContainerStatuses = nil
	for _, c := range p.Spec.Containers {
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, Ready: true, Started: new(true),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}},
		})
	}
	return p
}

// address is from a range that is reserved for benchmarks, so no host has it.
func address(pod *corev1.Pod) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(pod.UID))
	sum := h.Sum32()
	return fmt.Sprintf("198.19.%d.%d", byte(sum>>8), byte(sum))
}
