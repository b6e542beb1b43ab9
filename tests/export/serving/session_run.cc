// Runs a signature of a served model, from C++ alone, as TensorFlow Serving
// does: LoadSavedModel, and Session::Run by the names in the signature.
//
//   session_run VERSION_FOLDER SIGNATURE INPUTS OUTPUTS
//
// INPUTS has a file for each input, named after it, a serialised TensorProto;
// OUTPUTS gets one for each output. Exits with 3 where the model refuses the
// inputs, its message on stderr.

#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/cc/saved_model/loader.h"
#include "tensorflow/core/framework/tensor.h"
#include "tensorflow/core/framework/tensor.pb.h"
#include "tensorflow/core/public/session.h"

using tensorflow::Tensor;
using tensorflow::TensorProto;

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  const std::string inputs_folder = argv[3], outputs_folder = argv[4];

  tensorflow::SavedModelBundle bundle;
  const absl::Status loaded =
      tensorflow::LoadSavedModel({}, {}, argv[1], {"serve"}, &bundle);
  if (!loaded.ok()) {
    std::cerr << loaded << std::endl;
    return 1;
  }
  const auto& signature = bundle.GetSignatures().at(argv[2]);

  std::vector<std::pair<std::string, Tensor>> feeds;
  for (const auto& [name, info] : signature.inputs()) {
    std::ifstream file(inputs_folder + "/" + name, std::ios::binary);
    TensorProto proto;
    Tensor tensor;
    if (!proto.ParseFromIstream(&file) || !tensor.FromProto(proto)) {
      std::cerr << "no tensor in " << inputs_folder << "/" << name << std::endl;
      return 1;
    }
    feeds.emplace_back(info.name(), tensor);
  }
  std::vector<std::string> names, fetches;
  for (const auto& [name, info] : signature.outputs()) {
    names.push_back(name);
    fetches.push_back(info.name());
  }

  std::vector<Tensor> outputs;
  const absl::Status ran =
      bundle.GetSession()->Run(feeds, fetches, {}, &outputs);
  if (!ran.ok()) {
    std::cerr << ran << std::endl;
    return 3;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    TensorProto proto;
    outputs[i].AsProtoTensorContent(&proto);
    std::ofstream file(outputs_folder + "/" + names[i], std::ios::binary);
    if (!proto.SerializeToOstream(&file)) return 1;
  }
  return 0;
}
