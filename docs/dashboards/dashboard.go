// Package dashboards defines the Grafana dashboards workloads.json and crossplane.json as typed Go.
// Its test writes them with -update, and fails when they differ from the code.
//
// It reads nothing and uses no Grafana; README.md describes how to import them.
package dashboards

// A Dashboard of Grafana, with the fields in use
// (grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model).
type Dashboard struct {
	UID           string     `json:"uid"`
	Title         string     `json:"title"`
	Description   string     `json:"description"`
	Tags          []string   `json:"tags"`
	Timezone      string     `json:"timezone"`
	Refresh       string     `json:"refresh"`
	SchemaVersion int        `json:"schemaVersion"`
	Time          Span       `json:"time"`
	Templating    Templating `json:"templating"`
	Panels        []Panel    `json:"panels"`
}

// A Span of time.
type Span struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Templating holds what a reader can choose.
type Templating struct {
	List []Variable `json:"list"`
}

// A Variable is one choice.
type Variable struct {
	Name       string      `json:"name"`
	Label      string      `json:"label"`
	Type       string      `json:"type"`
	Query      string      `json:"query"`
	Datasource *Datasource `json:"datasource,omitempty"`
	Refresh    int         `json:"refresh,omitempty"`
	Multi      bool        `json:"multi,omitempty"`
	IncludeAll bool        `json:"includeAll,omitempty"`
	AllValue   string      `json:"allValue,omitempty"`
}

// A Datasource of queries.
type Datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

// A Panel shows the results of queries, or is the heading of a row of panels.
type Panel struct {
	ID          int          `json:"id"`
	Type        string       `json:"type"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	GridPos     Position     `json:"gridPos"`
	Datasource  *Datasource  `json:"datasource,omitempty"`
	Targets     []Target     `json:"targets,omitempty"`
	FieldConfig *FieldConfig `json:"fieldConfig,omitempty"`
}

// A Position on a grid of 24 columns.
type Position struct {
	H int `json:"h"`
	W int `json:"w"`
	X int `json:"x"`
	Y int `json:"y"`
}

// A Target is a query of Prometheus.
type Target struct {
	RefID        string `json:"refId"`
	Expr         string `json:"expr"`
	LegendFormat string `json:"legendFormat"`
	Instant      bool   `json:"instant,omitempty"`
}

// FieldConfig formats values.
type FieldConfig struct {
	Defaults  FieldDefaults `json:"defaults"`
	Overrides []any         `json:"overrides"`
}

// FieldDefaults are a unit, and the start of the axis.
type FieldDefaults struct {
	Unit string `json:"unit"`
	Min  *int   `json:"min,omitempty"`
}

// A row of panels under a heading.
type row struct {
	title  string
	panels []Panel
}

const (
	columns     = 24
	panelHeight = 8
)

// prometheus is the workspace that the reader chooses.
func prometheus() *Datasource { return &Datasource{Type: "prometheus", UID: "${datasource}"} }

// graph of one query over time.
func graph(title, description, unit, expr, legend string) Panel {
	return Panel{
		Type: "timeseries", Title: title, Description: description, Datasource: prometheus(),
		Targets:     []Target{{RefID: "A", Expr: expr, LegendFormat: legend}},
		FieldConfig: &FieldConfig{Defaults: FieldDefaults{Unit: unit, Min: new(0)}, Overrides: []any{}},
	}
}

// number is the current value of a query.
func number(title, description, expr string) Panel {
	p := graph(title, description, "short", expr, "")
	p.Type = "stat"
	p.Targets[0].Instant = true
	return p
}

func dashboard(uid, title, description string, variables []Variable, rows ...row) Dashboard {
	d := Dashboard{
		UID: uid, Title: title, Description: description,
		Tags: []string{"ausmart"}, Timezone: "browser", Refresh: "1m", SchemaVersion: 39,
		Time: Span{From: "now-6h", To: "now"},
		Templating: Templating{List: append([]Variable{
			{Name: "datasource", Label: "Workspace", Type: "datasource", Query: "prometheus"},
		}, variables...)},
	}
	y := 0
	for _, r := range rows {
		d.add(Panel{Type: "row", Title: r.title, GridPos: Position{H: 1, W: columns, Y: y}})
		y++
		width := columns / len(r.panels)
		for i, p := range r.panels {
			p.GridPos = Position{H: panelHeight, W: width, X: i * width, Y: y}
			d.add(p)
		}
		y += panelHeight
	}
	return d
}

func (d *Dashboard) add(p Panel) {
	p.ID = len(d.Panels) + 1
	d.Panels = append(d.Panels, p)
}
