// A runner, a template and a lookup.
package main

import (
	"encoding/json"

	"example.invalid/pulumi-comfycontrol/sdk/go/comfycontrol"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	gpu, err := comfycontrol.NewRunner(ctx, "gpu", &comfycontrol.RunnerArgs{
		Name:     pulumi.String("Go GPU"),
		Endpoint: pulumi.String("https://comfy.example.com"),
		Headers:  pulumi.StringMap{"X-Key": config.New(ctx, "").RequireSecret("runnerKey")},
		Tags:     pulumi.StringArray{pulumi.String("gpu-a100")},
	})
	if err != nil {
		return err
	}
	node := map[string]any{
		"class_type": "Text",
		"inputs":     map[string]any{"text": "$text(prompt)"},
	}
	body, err := json.Marshal(map[string]any{"6": node})
	if err != nil {
		return err
	}
	portrait, err := comfycontrol.NewTemplate(ctx, "portrait", &comfycontrol.TemplateArgs{
		Name:        pulumi.String("Portrait"),
		Description: pulumi.String("A face from a prompt"),
		Body:        pulumi.String(string(body)),
	})
	if err != nil {
		return err
	}
	user, err := comfycontrol.GetUser(ctx)
	if err != nil {
		return err
	}
	ctx.Export("id", gpu.ID())
	ctx.Export("placeholder", portrait.Placeholders.Index(pulumi.Int(0)).Name())
	ctx.Export("owner", pulumi.String(user.Id))
	return nil
}
