// Package ui is the shop that people see: HTML pages over the catalog, carts, checkout and orders services.
//
// It reads the four services, keeps nothing between requests, and sends no script to the browser: every page works as
// plain HTML. A service that fails makes a page poorer, or turns it into a clear message; it never breaks it.
package ui
