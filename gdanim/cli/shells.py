"""The scripts that make shells complete gdanim's command lines. Each asks gdanim itself (cli/completion.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gdanim.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

# In ~/.bashrc: eval "$(gdanim completion bash)"
_BASH: Final = r"""
_gdanim() {
    local mode word
    COMPREPLY=()
    {
        read -r mode
        while IFS= read -r word; do COMPREPLY+=("$word"); done
    } < <(_GDANIM_COMPLETE=bash "$1" "${COMP_LINE:0:$COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    case $mode in
        open) compopt -o nospace 2>/dev/null ;;
        files)
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$2") ;;
    esac
}
complete -F _gdanim gdanim
"""

# In ~/.zshrc: eval "$(gdanim completion zsh)"
_ZSH: Final = r"""#compdef gdanim
_gdanim() {
    local -a answer values texts space
    local line
    answer=("${(@f)$(_GDANIM_COMPLETE=zsh $words[1] "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    for line in "${(@)answer[2,-1]}"; do
        values+=("${line%%$'\t'*}")
        texts+=("${line/$'\t'/  }")
    done
    [[ $answer[1] == open ]] && space=(-S '')
    (( $#values )) && compadd -l "${(@)space}" -d texts -a values
    [[ $answer[1] == files ]] && _files
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _gdanim "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _gdanim gdanim
fi
"""

# gdanim completion fish > ~/.config/fish/completions/gdanim.fish
_FISH: Final = r"""
function __gdanim_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (_GDANIM_COMPLETE=fish $typed[1] $typed[2..-1] "$current" 2>/dev/null)
    printf '%s\n' $answer[2..-1]
    if test "$answer[1]" = files
        __fish_complete_path "$current"
    end
end
complete -c gdanim -f -a '(__gdanim_complete)'
"""

SCRIPTS: Final[Mapping[str, str]] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def script_for(shell: str) -> str:
    """The script for a shell. Raises UnknownNameError."""
    if shell not in SCRIPTS:
        raise UnknownNameError("shell", shell, SCRIPTS, see="gdanim completion --help", few=True)
    return SCRIPTS[shell].lstrip("\n")
