import Testing

@testable import Machine

@Suite struct GPUTypeNameTests {
    @Test(arguments: [
        ("NVIDIA A100-SXM4-40GB", "a100"),
        ("NVIDIA A100 80GB PCIe", "a100"),
        ("NVIDIA H100 80GB HBM3", "h100"),
        ("NVIDIA H100 NVL", "h100"),
        ("NVIDIA GeForce RTX 3090", "rtx_3090"),
        ("NVIDIA GeForce GTX 1080 Ti", "gtx_1080_ti"),
        ("Tesla V100-SXM2-32GB", "v100"),
        ("Quadro RTX 8000", "rtx_8000"),
        ("NVIDIA RTX 6000 Ada Generation", "rtx_6000_ada"),
        ("NVIDIA L40S", "l40s"),
        ("NVIDIA GH200 480GB", "gh200"),
        ("AMD Instinct MI210", "mi210"),
        ("AMD Instinct MI250X / MI250", "mi250x_mi250"),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "a100_1g.5gb"),
        ("NVIDIA Graphics Device", "gpu"),
        ("", "gpu"),
    ])
    func `a type is the model in lower case`(product: String, type: String) {
        #expect(GPUTypeName.type(ofProduct: product) == type)
    }
}
