"""What has to be computed: model architectures, serving demand and training jobs."""
