// Package prose checks how the repository is written: the words of its pages, comments, messages and names, the width
// of its lines, and its links.
//
// It reads Markdown, Go, YAML and make files as text, runs nothing and writes nothing. Only its tests run over the
// repository; what is here finds, and does not decide where to look.
package prose
