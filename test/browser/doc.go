// Package browser tests the whole shop in a real Chromium: five services as processes of their own,
// on loopback, with their in-memory stores.
//
// It knows the shop by its addresses, ids and classes only. It builds the services from the module
// two folders up, needs chromium (or CHROMIUM=path), and writes screenshots to _output/screens.
package browser
