// Decodes frames away from the page, so that the camera's picture never stutters.

export {};
