// How long a prepared query takes, against blocking libpq and the raw-socket floor.
//
//     latency URI                    the table, both placements; URI without TLS, host a numeric IPv4 address
//     latency URI --only N COUNT     contender N asks COUNT times and no more, for valgrind --tool=callgrind
//
// Loopback latency has two modes, one processor for both ends or one each, and an unpinned run flips between them. So both
// ends are pinned, both placements are measured, and the contenders take turns in short blocks: only ratios of one run count.

#include "contenders.hpp"
#include "placement.hpp"
#include "support/counters.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using pgwire::bench::contender;
using clock_type = std::chrono::steady_clock;

constexpr int block = 200;
constexpr int rounds = 150; // 30 000 queries each

struct measurement {
    std::vector<double> microseconds;
    std::vector<double> block_medians;
    pgwire::test::counts cost{};

    [[nodiscard]] double percentile(double p) {
        auto const at =
            microseconds.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(microseconds.size() - 1));
        std::nth_element(microseconds.begin(), at, microseconds.end());
        return *at;
    }
};

double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

void measure(contender& one, measurement& into) {
    std::size_t const first = into.microseconds.size();
    auto last = clock_type::now();
    auto const before = pgwire::test::counted();
    one.ask(block, [&] {
        auto const now = clock_type::now();
        into.microseconds.push_back(std::chrono::duration<double, std::micro>(now - last).count());
        last = now;
    });
    auto const cost = pgwire::test::counted() - before;
    into.cost.system_calls += cost.system_calls;
    into.cost.allocations += cost.allocations;
    into.block_medians.push_back(
        median({into.microseconds.begin() + static_cast<std::ptrdiff_t>(first), into.microseconds.end()}));
}

/// The middle of the blocks' ratios, and how far apart their quartiles are.
std::string ratio(measurement const& one, measurement const& yardstick) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < one.block_medians.size(); ++i)
        ratios.push_back(one.block_medians[i] / yardstick.block_medians[i]);
    std::ranges::sort(ratios);
    auto const at = [&](double p) {
        return ratios[static_cast<std::size_t>(p * static_cast<double>(ratios.size() - 1))];
    };
    char text[64];
    std::snprintf(text, sizeof text, "%.3f (%.3f-%.3f)", at(0.5), at(0.25), at(0.75));
    return text;
}

void run(std::string const& uri, char const* placement, int server_processor) {
    auto const contenders = pgwire::bench::make_contenders(uri);
    pgwire::bench::pin_here(0);
    for (auto const& one : contenders)
        pgwire::bench::pin_process(one->backend_pid(), server_processor);

    std::vector<measurement> measured(contenders.size());
    for (auto& m : measured)
        m.microseconds.reserve(std::size_t{block} * rounds);
    for (auto const& one : contenders)
        one->ask(1000, [] {});
    for (int i = 0; i < rounds; ++i)
        for (std::size_t c = 0; c < contenders.size(); ++c)
            measure(*contenders[c], measured[c]);

    std::printf("\n%s\n| contender | p50 us | p99 us | p50 / raw | p50 / libpq | p99 / libpq | calls | allocations |\n"
                "|---|---|---|---|---|---|---|---|\n",
                placement);
    double const libpq_p99 = measured[1].percentile(0.99);
    for (std::size_t c = 0; c < contenders.size(); ++c) {
        auto& m = measured[c];
        auto const queries = static_cast<double>(m.microseconds.size());
        std::printf("| %s | %.2f | %.2f | %s | %s | %.2f | %.2f | %.2f |\n", contenders[c]->name().c_str(),
                    m.percentile(0.5), m.percentile(0.99), ratio(m, measured[0]).c_str(), ratio(m, measured[1]).c_str(),
                    m.percentile(0.99) / libpq_p99, static_cast<double>(m.cost.system_calls) / queries,
                    static_cast<double>(m.cost.allocations) / queries);
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 5 && std::string_view(argv[2]) == "--only") {
            auto const contenders = pgwire::bench::make_contenders(argv[1]);
            contenders.at(static_cast<std::size_t>(std::atoi(argv[3])))->ask(std::atoi(argv[4]), [] {});
            return 0;
        }
        if (argc != 2) {
            std::fputs("usage: latency URI [--only CONTENDER COUNT]\n", stderr);
            return 2;
        }
        run(argv[1], "Both ends on one processor", 0);
        if (std::thread::hardware_concurrency() > 1)
            run(argv[1], "A processor each", 1);
        return 0;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "latency: %s\n", e.what());
        return 1;
    }
}
