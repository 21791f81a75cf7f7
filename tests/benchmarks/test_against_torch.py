import against_torch
import pytest


def test_an_unknown_work_is_refused_with_those_that_there_are(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["against_torch.py", "--torch_python=python", "--peer=peer.py", "--works=toy"])
    with pytest.raises(SystemExit, match="2"):
        against_torch.main()
    assert "--works: unknown 'toy'; the choices, separated by ;, are 28x28x1, width 128; " in capsys.readouterr().err
