// Command sdkgen writes the SDKs for Node.js and Go from the plugin's schema.
//
// It calls the code generators of the pinned engine directly. The CLI's `package gen-sdk` asks a
// language host of the same age for them, which the Go module proxy does not serve.
//
// Usage: sdkgen SCHEMA FOLDER
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "tools/sdkgen"

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: sdkgen SCHEMA FOLDER"))
	}
	source, folder := os.Args[1], os.Args[2]
	loader := schema.NewPluginLoader(nil)

	node, err := nodejs.GeneratePackage(tool, bind(source, loader), nil, nil, false, loader)
	fail(err)
	write(filepath.Join(folder, "nodejs"), node)

	goFiles, err := gogen.GeneratePackage(tool, bind(source, loader), nil)
	fail(err)
	write(filepath.Join(folder, "go"), goFiles)
}

// bind reads the schema anew: each generator changes the package that it is given.
func bind(source string, loader schema.Loader) *schema.Package {
	text, err := os.ReadFile(source)
	fail(err)
	var spec schema.PackageSpec
	fail(json.Unmarshal(text, &spec))
	pkg, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{})
	fail(err)
	if diagnostics.HasErrors() {
		fail(diagnostics)
	}
	return pkg
}

func write(folder string, files map[string][]byte) {
	for name, text := range files {
		path := filepath.Join(folder, name)
		fail(os.MkdirAll(filepath.Dir(path), 0o755))
		fail(os.WriteFile(path, text, 0o644))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
