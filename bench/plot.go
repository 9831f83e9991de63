package main

import (
	"fmt"
	"strings"
)

// Sizes of the plot, in pixels.
const (
	plotWidth, labelWidth, barWidth = 900, 90, 620
	barHeight, panelGap, titleSpace = 16, 14, 22
)

var colors = map[string]string{"quatrain": "#2f6f4f", "uv": "#8a6fb0", "poetry": "#c08a3e"}

// plot draws the times as SVG: a panel for each case with a scale of its own, a bar to
// the median, a line from the least to the most. The same results give the same bytes.
func (t table) plot() string {
	var b strings.Builder
	y := 10
	for _, k := range t.kinds() {
		fmt.Fprintf(&b, `<text x="10" y="%d" font-weight="bold" font-size="15">Seconds to a pushed image: %s</text>`+"\n", y+14, k)
		y += 30
		for _, c := range caseTitles() {
			if t[k][c.name] != nil {
				y = t.panel(&b, k, c.name, c.title, y)
			}
		}
		y += panelGap
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="sans-serif" font-size="12" fill="#222">
<rect width="%[1]d" height="%[2]d" fill="#fff"/>
%[3]s</svg>
`, plotWidth, y, b.String())
}

func (t table) panel(b *strings.Builder, k kind, name, title string, y int) int {
	longest := 0.0
	for _, s := range sides {
		longest = max(longest, t.of(k, name, s.name, took).max)
	}
	fmt.Fprintf(b, `<text x="10" y="%d" font-size="13">%s</text>`+"\n", y+14, title)
	y += titleSpace
	at := func(v float64) float64 { return labelWidth + barWidth*v/longest }
	for _, s := range sides {
		sp := t.of(k, name, s.name, took)
		if sp.n == 0 {
			continue
		}
		middle := float64(y) + barHeight/2
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", labelWidth-6, y+12, s.title)
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", labelWidth, y, at(sp.median)-labelWidth, barHeight-2, colors[s.name])
		fmt.Fprintf(b, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%[3]g" stroke="#222"/>`+"\n", at(sp.min), at(sp.max), middle-1)
		fmt.Fprintf(b, `<text x="%.1f" y="%d">%s s</text>`+"\n", at(sp.max)+6, y+12, seconds(sp.median))
		y += barHeight
	}
	return y + panelGap
}
