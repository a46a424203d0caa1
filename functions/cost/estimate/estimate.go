// Package estimate says what composed resources cost in a month.
//
// It reads resources as they are desired, whatever made them, and a table of prices. It writes
// lines: what is paid for, how much of it, at which price, from which source. It is pure, and knows
// no Crossplane: the composition function and the command-line tool show the same lines.
//
// Prices are list prices, without free tiers, discounts and taxes. What depends on use is an
// assumption, which its line names. What has no price is unknown, and never zero.
package estimate

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/cost/prices"
)

// hours of a month, as AWS counts them: 365 x 24 / 12.
const hours = 730

// Currency of all prices.
const Currency = "USD"

// A Resource that is desired.
type Resource struct {
	// Name in the composition.
	Name string

	Object map[string]any
}

// Input of an estimate.
type Input struct {
	// Region of resources that name none.
	Region string

	Resources []Resource

	// Assumptions that are not the default ones, by name.
	Assumptions map[string]float64

	// Prices of AWS.
	Prices *prices.Table

	// Overrides are prices in USD by item, which count in every region before the table.
	Overrides map[string]float64
}

// A Line is one kind of item that resources cost.
type Line struct {
	// Resource is the kind, such as ec2/NATGateway, and Count how many resources there are.
	Resource string
	Count    int

	// Item that is paid for, such as "NAT gateway, hours".
	Item string

	// Quantity of the item in a month, and the most that it grows to.
	Quantity, Max float64
	Unit          string

	// UnitPrice in USD.
	UnitPrice float64

	// Source of the price, and whether it was read there.
	Source   string
	Verified bool

	// Assumption that the quantity is made of; empty where the resource says it.
	Assumption string

	key, region string
}

// Amount in USD for a month, in cents.
func (l Line) Amount() float64 { return cents(l.Quantity * l.UnitPrice) }

// MaxAmount is the amount at the most that the item grows to.
func (l Line) MaxAmount() float64 { return cents(l.Max * l.UnitPrice) }

// Rate is the line without how much of it there is: the same for all that is the same item at the
// same price, and assumed alike.
func (l Line) Rate() Line {
	l.Count, l.Quantity, l.Max = 0, 0, 0
	return l
}

func cents(usd float64) float64 { return math.Round(usd*100) / 100 }

// An Estimate for a month.
type Estimate struct {
	// Lines with a price, the dearest first.
	Lines []Line

	// Unknown are the items without a price, and the resources that no rule knows.
	Unknown []string

	// Date of the prices.
	Date string
}

// Total of all lines, in USD.
func (e Estimate) Total() float64 { return e.sum(Line.Amount) }

// Max is the total when all that grows has grown.
func (e Estimate) Max() float64 { return e.sum(Line.MaxAmount) }

func (e Estimate) sum(amount func(Line) float64) float64 {
	total := 0.0
	for _, l := range e.Lines {
		total += amount(l)
	}
	return cents(total)
}

// Unverified counts the lines whose price could not be read.
func (e Estimate) Unverified() int {
	n := 0
	for _, l := range e.Lines {
		if !l.Verified {
			n++
		}
	}
	return n
}

// For returns what resources cost.
func For(in Input) Estimate {
	m := &month{
		Input: in, rules: rules(), free: Free(), assumptions: map[string]float64{},
		groups: map[string]bool{}, lines: map[Line]*Line{}, unknown: map[string]bool{},
	}
	for _, a := range Assumptions() {
		m.assumptions[a.Name] = a.Value
	}
	maps.Copy(m.assumptions, in.Assumptions)
	for _, r := range in.Resources {
		m.add(resource{name: r.Name, object: r.Object})
	}
	e := Estimate{Date: in.Prices.Date, Unknown: slices.Sorted(maps.Keys(m.unknown))}
	for _, l := range m.lines {
		e.Lines = append(e.Lines, *l)
	}
	slices.SortFunc(e.Lines, func(a, b Line) int {
		return cmp.Or(-cmp.Compare(max(a.Amount(), a.MaxAmount()), max(b.Amount(), b.MaxAmount())),
			strings.Compare(a.Resource, b.Resource), strings.Compare(a.Item, b.Item), strings.Compare(a.key, b.key), strings.Compare(a.region, b.region))
	})
	return e
}

// month is an estimate that is being made.
type month struct {
	Input

	rules map[string]rule
	free  map[string]string

	// assumptions by name: the default ones, or the input's instead.
	assumptions map[string]float64

	// groups of load balancers that are counted.
	groups map[string]bool

	lines   map[Line]*Line
	unknown map[string]bool
}

// An item that a resource costs: its key in the table of prices, and how much of it.
type item struct {
	key, name string
	quantity  float64

	// grows is the most that the quantity grows to, where it does.
	grows float64

	assumption string
}

func (m *month) add(r resource) {
	if r.observedOnly() {
		return
	}
	items, known := m.itemsOf(r)
	if !known {
		m.unknown[r.kind()+": no rule has its price"] = true
	}
	for _, i := range items {
		if i.quantity > 0 || i.grows > 0 {
			m.addItem(r, i)
		}
	}
}

// addItem to the line of its kind.
func (m *month) addItem(r resource, i item) {
	region := cmp.Or(r.str("region"), m.Region)
	p, known := m.price(i.key, region)
	if !known {
		m.unknown[fmt.Sprintf("%s: %s: no price of %s in %s", r.kind(), i.name, i.key, cmp.Or(region, "an unknown region"))] = true
		return
	}
	line := Line{
		Resource: r.kind(), Item: i.name, Unit: p.Unit, UnitPrice: p.USD, Source: p.Source, Verified: p.Verified,
		Assumption: i.assumption, key: i.key, region: region,
	}
	l := m.lines[line]
	if l == nil {
		first := line
		l = &first
		m.lines[line] = l
	}
	l.Count++
	l.Quantity += i.quantity
	l.Max += max(i.quantity, i.grows)
}

// price of an item in a region.
func (m *month) price(key, region string) (prices.Price, bool) {
	p, known := m.Prices.Of(key, region)
	if usd, ok := m.Overrides[key]; ok {
		return prices.Price{USD: usd, Unit: cmp.Or(p.Unit, "unit"), Source: "EnvironmentConfig", Verified: true}, true
	}
	return p, known
}
