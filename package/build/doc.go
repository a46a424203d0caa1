// Package build makes the packages that Crossplane installs, and pushes them.
//
// It reads package/, crossplane.yaml, apis/ and compositions/, compiles each function for every
// platform into an image without a base, and uses the crossplane command line to make packages of
// them. It writes package files to one folder, and to a registry when it is asked to. The same
// checkout always gives the same bytes: they contain neither time nor place of the build. It needs
// no container engine.
package build
