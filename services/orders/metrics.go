package orders

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ausmart/platform/services/orders/order"
)

// maxProducts bounds the series that clients can make: product ids are theirs to choose.
const maxProducts = 50

const (
	anyProduct   = "*"     // Counts orders with any products.
	otherProduct = "other" // Counts products beyond maxProducts.
)

// metrics are the figures that the sample's dashboards show.
type metrics struct {
	watched *prometheus.CounterVec
	total   prometheus.Gauge

	mu    sync.Mutex
	known map[string]bool
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		watched: prometheus.NewCounterVec(prometheus.CounterOpts{ //nolint:promlinter // The sample's dashboards ask for these names.
			Name: "watch_orders_total", Help: "Products ordered since start; productId * counts the orders.",
		}, []string{"productId"}),
		total: prometheus.NewGauge(prometheus.GaugeOpts{ //nolint:promlinter // As above.
			Name: "watch_orderTotal", Help: "Dollars ordered since start, over all orders.",
		}),
		known: map[string]bool{},
	}
	reg.MustRegister(m.watched, m.total)
	return m
}

func (m *metrics) ordered(o order.Order) {
	m.watched.WithLabelValues(anyProduct).Inc()
	for _, item := range o.Items {
		m.watched.WithLabelValues(m.label(item.ProductID)).Add(float64(item.Quantity))
	}
	m.total.Add(float64(o.Total()))
}

func (m *metrics) label(product string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.known[product] {
		if len(m.known) == maxProducts {
			return otherProduct
		}
		m.known[product] = true
	}
	return product
}
