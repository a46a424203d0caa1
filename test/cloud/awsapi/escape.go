package awsapi

import (
	"net/http"
	"regexp"
)

// An escaper makes XML of what ministack 1.5.33 says of ElastiCache users: it writes the "&" of an access string as it is.
type escaper struct{ next http.RoundTripper }

// RoundTrip passes a request on, and escapes in the answer what is no entity.
func (e escaper) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, answer, err := read(e.next, req)
	if err != nil {
		return nil, err
	}
	return replace(rsp, regexp.MustCompile(`&([^a-z#]|$)`).ReplaceAllString(answer, "&amp;$1")), nil
}
