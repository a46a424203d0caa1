package form

import "regexp"

// Address returns the form for the delivery address. Its defaults are the ones that public browser tests and load
// generators count on; the patterns let in any country's addresses.
func Address() Form {
	return Form{
		{Name: "firstName", Label: "First name", Value: "John", Autocomplete: "given-name", Half: true, MaxLength: maxLength},
		{Name: "lastName", Label: "Last name", Value: "Doe", Autocomplete: "family-name", Half: true, MaxLength: maxLength},
		{
			Name: "email", Label: "E-mail", Value: "john_doe@example.com", Type: "email", Autocomplete: "email", MaxLength: maxLength,
			pattern: regexp.MustCompile(`^[^\s@]+@[^\s@]+$`), hint: "Enter an e-mail address, such as name@example.com.",
		},
		{Name: "address1", Label: "Street address", Value: "100 Main Street", Autocomplete: "address-line1", MaxLength: maxLength},
		{Name: "address2", Label: "Apartment, suite or floor", Autocomplete: "address-line2", Optional: true, MaxLength: maxLength},
		{Name: "city", Label: "Suburb or city", Value: "Anytown", Autocomplete: "address-level2", MaxLength: maxLength},
		{Name: "state", Label: "State", Value: "CA", Autocomplete: "address-level1", Half: true, MaxLength: 40},
		{
			Name: "zip", Label: "Postcode", Value: "11111", Autocomplete: "postal-code", Half: true, MaxLength: 12, alias: "zipCode",
			pattern: regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z -]{1,11}$`), hint: "Enter a postcode, such as 2000.",
		},
	}
}

// Payment returns the form for the card.
func Payment() Form {
	return Form{
		{Name: "cardHolder", Label: "Name on card", Value: "John Doe", Autocomplete: "cc-name", MaxLength: maxLength},
		{
			Name: "cardNumber", Label: "Card number", Value: "1234567890123456", Autocomplete: "cc-number", InputMode: "numeric", MaxLength: 19,
			pattern: regexp.MustCompile(`^([0-9]{4} ?){3}[0-9]{4}$`), hint: "Enter the 16 digits of the card.",
		},
		{
			Name: "expiryDate", Label: "Expiry date (MM/YY)", Value: "01/35", Autocomplete: "cc-exp", Half: true, MaxLength: 5,
			pattern: regexp.MustCompile(`^(0[1-9]|1[0-2])/[0-9]{2}$`), hint: "Enter month and year, such as 01/35.",
		},
		{
			Name: "cvc", Label: "CVC", Value: "123", Autocomplete: "cc-csc", InputMode: "numeric", Half: true, MaxLength: 4,
			pattern: regexp.MustCompile(`^[0-9]{3,4}$`), hint: "Enter the 3 digits on the back of the card.",
		},
	}
}
