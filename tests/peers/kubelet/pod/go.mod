module pilothouse.test/peers/kubelet/pod

go 1.26.0
