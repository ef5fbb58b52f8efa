//go:build tools

// Package tools names the engine's Go module, so that tools/go.sum pins what is built.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
