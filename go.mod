module github.com/ausmart/platform

go 1.26.0

