// Draws a line with an exported SavedModel, from C++ alone: `init` once, then
// `step` for each of the draws.
//
//   step_loop MODEL DRAWS PENS STEP_STATES CHARACTER...
//
// DRAWS holds float32 rows of 2 uniforms and 2 normals; PENS gets rows of 3.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/public/session.h"

namespace {

using tensorflow::Tensor;
using Named = std::vector<std::pair<std::string, Tensor>>;

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << std::endl;
  std::exit(1);
}

Tensor Floats(std::vector<int64_t> shape, const float* values) {
  Tensor tensor(tensorflow::DT_FLOAT, tensorflow::TensorShape(shape));
  std::copy_n(values, tensor.NumElements(), tensor.flat<float>().data());
  return tensor;
}

// Runs a signature by the names of its inputs and outputs.
std::vector<Tensor> Run(const tensorflow::SavedModelBundle& bundle,
                        const std::string& name, const Named& inputs,
                        const std::vector<std::string>& outputs) {
  const auto& signature = bundle.GetSignatures().at(name);
  Named feeds;
  for (const auto& [key, tensor] : inputs) {
    feeds.emplace_back(signature.inputs().at(key).name(), tensor);
  }
  std::vector<std::string> fetches;
  for (const auto& key : outputs) {
    fetches.push_back(signature.outputs().at(key).name());
  }
  std::vector<Tensor> results;
  Check(bundle.GetSession()->Run(feeds, fetches, {}, &results));
  return results;
}

}  // namespace

int main(int argc, char** argv) {
  tensorflow::SavedModelBundle bundle;
  Check(tensorflow::LoadSavedModel({}, {}, argv[1],
                                   {"serve"}, &bundle));
  const int states = std::atoi(argv[4]), length = argc - 5;
  Tensor characters(tensorflow::DT_INT32,
                    tensorflow::TensorShape({1, length}));
  for (int u = 0; u < length; ++u) {
    characters.flat<int32_t>()(u) = std::atoi(argv[5 + u]);
  }
  const float bias = 0.5f;

  std::vector<std::string> carried = {"pen"};
  for (int i = 0; i < states; ++i) {
    carried.push_back("state_" + std::to_string(i));
  }
  auto values = Run(bundle, "init", {{"characters", characters}}, carried);

  std::ifstream draws(argv[2], std::ios::binary);
  std::ofstream pens(argv[3], std::ios::binary);
  float row[4];
  while (draws.read(reinterpret_cast<char*>(row), sizeof(row))) {
    Named inputs = {{"characters", characters},
                    {"bias", Floats({1}, &bias)},
                    {"uniforms", Floats({1, 2}, row)},
                    {"normals", Floats({1, 2}, row + 2)}};
    for (size_t i = 0; i < carried.size(); ++i) {
      inputs.emplace_back(carried[i], values[i]);
    }
    values = Run(bundle, "step", inputs, carried);
    pens.write(reinterpret_cast<char*>(values[0].flat<float>().data()),
               3 * sizeof(float));
  }
  return 0;
}
