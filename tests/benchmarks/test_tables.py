import pytest
import tables

VERSIONS = {"cpus": 2, "python": "3.11", "tensorflow": "2.21", "keras": "3.15"}
PAGE = f"before\n{tables.BEGIN}\nold\n{tables.END}\nafter\n"


def line(benchmark, **fields):
    return {"benchmark": benchmark, **fields, **VERSIONS}


def test_a_table_for_each_benchmark_between_the_marks():
    update = {"size": 28, "channels": 1, "width": 32, "multiply_adds": 1234567, "median_s": 0.5, "recompute": False}
    page = tables.page(PAGE, [
        line("train_step", **update), line("train_step", **update | {"toy": True, "recompute": True}),
        {"benchmark": "against_torch_turn", "peer": "torch", "median_s": 1.0}])
    before, shown = page.split(tables.BEGIN)
    shown, after = shown.split(tables.END)
    assert (before, after) == ("before\n", "\nafter\n")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in shown.splitlines() if row.startswith("|")]
    titles, first, second = rows[0], rows[2], rows[3]
    assert [first[titles.index(title)] for title in ("image", "recompute", "width", "multiply-adds", "median, s")] == [
        "28x28x1", "", "32", "1,234,567", "0.5"]
    assert [second[titles.index(title)] for title in ("image", "recompute")] == ["points", "yes"]
    assert "old" not in page
    assert "torch" not in page
    assert "Python 3.11, TensorFlow 2.21, Keras 3.15, 2 cores." in shown


def test_iterations_are_a_row_for_each_data_set_and_time_step():
    lines = [line("iterations", dataset="mnist", model=model, time_steps=steps, width=32, median_s=steps, paper_s=0.1)
             for steps in (1, 3) for model in ("gran", "wirgan")]
    page = tables.page(PAGE, lines)
    assert "| data | T | gran, s | wirgan, s | gran, the paper's, s | wirgan, the paper's, s |" in page
    assert "| mnist | 1 | 1 | 1 | 0.1 | 0.1 |\n| mnist | 3 | 3 | 3 | 0.1 | 0.1 |" in page


def test_a_page_without_marks_is_refused():
    with pytest.raises(ValueError, match="has no lines <!-- benchmarks -->"):
        tables.page("a page", [line("startup")])
