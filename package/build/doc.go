// Package build makes the packages that Crossplane installs, and pushes them.
//
// It reads package/, crossplane.yaml, apis/ and compositions/, compiles each
// function for every platform into an image without a base, and has the
// crossplane command line make packages of them. It writes package files to one
// folder, and to a registry when it is asked to. The same checkout always gives
// the same bytes: nothing in them tells when or where they were made. It needs
// no container engine.
package build
