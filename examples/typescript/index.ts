import * as pulumi from "@pulumi/pulumi";
import * as comfycontrol from "pulumi-comfycontrol";

const key = new pulumi.Config().requireSecret("runnerKey");

const gpu = new comfycontrol.Runner("gpu", {
    name: "TypeScript GPU",
    endpoint: "https://comfy.example.com",
    headers: { "X-Key": key },
    tags: ["gpu-a100"],
});

const portrait = new comfycontrol.Template("portrait", {
    name: "Portrait",
    description: "A face from a prompt",
    body: JSON.stringify({ "6": { class_type: "Text", inputs: { text: "$text(prompt)" } } }),
});

export const id = gpu.id;
export const placeholder = portrait.placeholders[0].name;
export const owner = comfycontrol.getUserOutput().id;
