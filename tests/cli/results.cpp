#include "cli/results.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace reckon::cli::testing {

using Json = nlohmann::json;

std::map<std::string, Json> results_of(const std::string& file) {
  std::map<std::string, Json> results;
  const std::string text = read_file(file);
  EXPECT_TRUE(text.empty() || text.back() == '\n');
  for (const std::string& line : lines_of(text)) {
    Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) {
      ADD_FAILURE() << "not a whole line: " << line;
      continue;
    }
    const std::string key = json["custom_id"].is_string() ? json["custom_id"].get<std::string>()
                                                          : "line " + json["error"]["line"].dump();
    if (json["response"].is_object()) {
      json["response"]["body"].erase("created");
      for (Json& choice : json["response"]["body"]["choices"]) {
        choice["reckon"].erase("timing_ms");
        choice["reckon"].erase("speed");
      }
    }
    EXPECT_TRUE(results.emplace(key, std::move(json)).second) << key << " twice";
  }
  return results;
}

size_t line_count(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return static_cast<size_t>(
      std::count(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>(), '\n'));
}

}  // namespace reckon::cli::testing
