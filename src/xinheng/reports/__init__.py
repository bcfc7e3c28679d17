"""Public credit information reports (公共信用信息报告): made, signed, verified, made again."""
