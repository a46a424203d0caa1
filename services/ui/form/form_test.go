package form

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultsAreValid(t *testing.T) {
	for name, f := range map[string]Form{"Address": Address(), "Payment": Payment()} {
		if wrong := f.Read(nil).Errors(); len(wrong) > 0 {
			t.Errorf("%s: an untouched form must complete, got %v", name, wrong)
		}
	}
}

func TestRead(t *testing.T) {
	type result struct{ Value, Error string }
	cases := map[string]struct {
		reason string
		form   Form
		field  string
		sent   url.Values
		want   result
	}{
		"Absent":        {"An absent field keeps its default.", Address(), "city", nil, result{"Anytown", ""}},
		"Sent":          {"A sent field is taken, without the blanks around it.", Address(), "city", url.Values{"city": {" Perth "}}, result{"Perth", ""}},
		"Empty":         {"An empty field is a mistake.", Address(), "city", url.Values{"city": {""}}, result{"", "Enter the suburb or city."}},
		"Blank":         {"Blanks are nothing.", Address(), "city", url.Values{"city": {"   "}}, result{"", "Enter the suburb or city."}},
		"EmptyOptional": {"An optional field may be empty.", Address(), "address2", url.Values{"address2": {""}}, result{"", ""}},
		"Alias":         {"The postcode has a second name.", Address(), "zip", url.Values{"zipCode": {"2000"}}, result{"2000", ""}},
		"NameFirst":     {"The first name of a field wins.", Address(), "zip", url.Values{"zip": {"3000"}, "zipCode": {"2000"}}, result{"3000", ""}},
		"Email":         {"An address needs an at sign.", Address(), "email", url.Values{"email": {"me"}}, result{"me", "Enter an e-mail address, such as name@example.com."}},
		"Long":          {"An endless field is a mistake.", Address(), "city", url.Values{"city": {strings.Repeat("x", 121)}}, result{strings.Repeat("x", 121), "Suburb or city is too long."}},
		"NewLine":       {"A line break could forge a second line elsewhere.", Address(), "city", url.Values{"city": {"a\nb"}}, result{"a\nb", "Suburb or city has a character that cannot be used."}},
		"NotUTF8":       {"What is no text is not shown again.", Address(), "city", url.Values{"city": {"\xff"}}, result{"", "Suburb or city has a character that cannot be used."}},
		"Card":          {"A card may be typed in groups.", Payment(), "cardNumber", url.Values{"cardNumber": {"1234 5678 9012 3456"}}, result{"1234 5678 9012 3456", ""}},
		"ShortCard":     {"A card has 16 digits.", Payment(), "cardNumber", url.Values{"cardNumber": {"1234"}}, result{"1234", "Enter the 16 digits of the card."}},
		"Month":         {"There is no month 13.", Payment(), "expiryDate", url.Values{"expiryDate": {"13/30"}}, result{"13/30", "Enter month and year, such as 01/35."}},
		"NoCVC":         {"An abbreviation stays one in the message.", Payment(), "cvc", url.Values{"cvc": {""}}, result{"", "Enter the CVC."}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			filled := tc.form.Read(tc.sent)
			got := result{Value: filled.Get(tc.field)}
			for _, wrong := range filled.Errors() {
				if wrong.Name == tc.field {
					got.Error = wrong.Error
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// FuzzRead checks that accepted values are safe: text of bounded length, without control
// characters, and not empty unless optional.
func FuzzRead(f *testing.F) {
	f.Add("city=Perth&zip=6000")
	f.Add("city=&firstName=%00&email=a@b")
	f.Add("city=%ff%fe&cardNumber=1234567890123456%0a")
	f.Add("zipCode=2000&zip=")
	f.Fuzz(func(t *testing.T, body string) {
		sent, err := url.ParseQuery(body)
		if err != nil {
			t.Skip()
		}
		for _, form := range []Form{Address(), Payment()} {
			for _, field := range form.Read(sent) {
				if !utf8.ValidString(field.Value) {
					t.Errorf("%s shows what is no text: %q", field.Name, field.Value)
				}
				if field.Error != "" {
					continue
				}
				if field.Value == "" && !field.Optional {
					t.Errorf("%s is empty and passes", field.Name)
				}
				if utf8.RuneCountInString(field.Value) > field.MaxLength || strings.ContainsFunc(field.Value, unicode.IsControl) {
					t.Errorf("%s passes with %q", field.Name, field.Value)
				}
			}
		}
	})
}
