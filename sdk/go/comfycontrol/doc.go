// Runners and templates of ComfyControl. Not affiliated with ComfyControl.
package comfycontrol
